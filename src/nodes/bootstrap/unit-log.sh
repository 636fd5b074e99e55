# shellcheck shell=sh
# Prints the state of a systemd unit, and below it the end of its log. Argument: the unit.
systemctl show "$1" --property=ActiveState --value
timeout 5 journalctl --unit="$1" --output=cat --lines=200 --no-pager
