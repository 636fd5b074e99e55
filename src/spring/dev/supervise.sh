#!/bin/sh
# Process 1 of a pod under live update: runs the JVM, and again when it is told to, so that neither pod nor container is
# made anew. When the JVM ends by itself it says so and waits: the next save may put it right.
#
# Arguments: the folder of the volume, with the JVM's `arguments` and the named pipe `orders` (who writes a line to it has
# the JVM started again); the image's own command, for a pod whose volume nobody fills (it was moved while `dev` was away).
live=$1
shift
[ -p "$live/orders" ] || mkfifo -m 600 "$live/orders"
exec 3<>"$live/orders"
order=
trap 'order=restart' USR1
trap 'order=stop' TERM INT
{ while read -r _; do kill -USR1 $$; done; } <&3 &
reader=$!
start() {
  if [ -f "$live/arguments" ]; then java "@$live/arguments" 3<&- & else "$@" 3<&- & fi
  app=$!
}
stop() {
  kill -TERM "$app" 2>/dev/null || return 0
  { sleep 1; kill -KILL "$app"; } 2>/dev/null &
  killer=$!
  while kill -0 "$app" 2>/dev/null; do wait "$app"; done
  kill "$killer" 2>/dev/null
}
tries=0
while [ ! -f "$live/arguments" ] && [ "$tries" -lt 150 ] && [ -z "$order" ]; do
  sleep 0.1
  tries=$((tries + 1))
done
[ "$order" = stop ] && exit 143
order=
start "$@"
while :; do
  [ -n "$order" ] || wait "$app"
  code=$?
  case "$order" in
  stop)
    stop
    kill "$reader" 2>/dev/null
    exit 143
    ;;
  restart)
    order=
    stop
    ;;
  *)
    echo "airfield: the application ended with exit code $code"
    while [ -z "$order" ]; do wait "$reader"; done
    [ "$order" = stop ] && continue
    order=
    ;;
  esac
  start "$@"
done
