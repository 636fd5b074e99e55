# shellcheck shell=sh
# Prints each log of a node's components after a line "@ COMPONENT": of a container the last run, and the one before.
# Argument: the log of the bootstrap.
for unit in containerd kubelet; do
  echo "@ $unit"
  timeout 5 journalctl --unit="$unit" --output=cat --lines=200 --no-pager
done
echo "@ kubelet"
tail -n 200 /var/log/airfield-first-kubelet.log
for container in /var/log/pods/*/*; do
  [ -d "$container" ] || continue
  echo "@ $(basename "$container")"
  # shellcheck disable=SC2045,SC2012 # newest first; the kubelet names the files by numbers
  for log in $(ls -t "$container" | head -n 2 | tac); do tail -n 100 "$container/$log"; done
done
echo "@ bootstrap"
tail -n 60 "$1"
