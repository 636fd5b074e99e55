#!/bin/sh
# Forwards the port $1 of this container to address $2, port $3 by the kernel, says so, and waits for its end.
# Masquerading makes answers come back the same way, so it comes first: a connection that was forwarded without would wait
# for its answer in vain.
set -e
iptables -t nat -A POSTROUTING -p tcp -d "$2" --dport "$3" -j MASQUERADE
iptables -t nat -A PREROUTING -p tcp --dport "$1" -j DNAT --to-destination "$2:$3"
echo forwarding
exec sleep infinity
