#!/bin/bash
# A probe that waits: asks until the answer is a good one, as the kubelet would (any status from 200 to 399). At the pod's
# own address, where the kubelet asks, too.
#
# Arguments: the port; the path, or nothing to look whether the port takes connections; how long, in seconds.
status=
((end = SECONDS + $3))
while ((SECONDS < end)); do
  if exec 3<>"/dev/tcp/$HOSTNAME/$1"; then
    [ -n "$2" ] || exit 0
    printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "$2" "$HOSTNAME" >&3
    read -r -t 3 _ status _ <&3
    exec 3>&-
    case "$status" in 2?? | 3??) exit 0 ;; esac
  fi
  sleep 0.05
done 2>/dev/null
# In the kubelet's words, for the event that says why.
[ -z "$status" ] || echo "HTTP probe failed with statuscode: $status"
exit 1
