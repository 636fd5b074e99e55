# shellcheck shell=bash
# What every node does first at its first start, and the functions of what follows.
#
# systemd runs this in the node: each `docker exec` costs a tenth of a second, and polling from outside costs more; so the
# node goes its way alone and says on its console how far it is, which the container's log follows. Lines are
# `airfield: WORD VALUES...`.
set -Eeuo pipefail
here=/kind/airfield
conf=/kind/kubeadm.conf
exec >>/var/log/airfield-bootstrap.log 2>&1
tell() { printf 'airfield: %s\n' "$*" >/dev/console; }
begin() { phase=$1; echo "== $phase"; tell "phase $phase"; }
trap 'tell "failed $phase"' ERR
# Sleeps and looks without a process: on two cores each process of this script is time that the cluster lacks.
exec {silent}<> <(:)
looked=0
# Every wait goes through here: it ends when the creation has long been given up, or when what is waited for cannot come.
pause() {
  read -rt "$1" -u $silent || true
  (( SECONDS > looked )) || return 0
  looked=$SECONDS
  (( SECONDS < limit )) || give_up
  look_for_crashes
}
give_up() { tell "failed $phase $*"; exit 1; }
# Looks each second for a program that ends again and again for the same reason: systemd and the kubelet start it anew.
look_for_crashes() {
  local containerd kubelet pod
  (( SECONDS > 3 )) || return 0
  # One number each, with an empty line between.
  read -rd '' containerd kubelet < <(systemctl show --property=NRestarts --value containerd kubelet) || true
  [ $(( ${containerd:-0} )) -lt 3 ] || give_up containerd
  [ $(( ${kubelet:-0} )) -lt 3 ] || give_up kubelet
  for pod in etcd kube-apiserver kube-controller-manager kube-scheduler; do
    ! ends_alike /var/log/pods/kube-system_$pod-*/$pod || give_up $pod
  done
}
# Whether the last two runs of a container had the same last words, which a third run would have too: what is not there
# yet may come. Takes the folder of its logs, one file for each run.
ends_alike() {
  local folder=$1 run
  [ -e "$folder/1.log" ] || return 1
  for run in 9 8 7 6 5 4 3 2 1; do [ ! -e "$folder/$run.log" ] || break; done
  local before last
  before=$(last_words "$folder/$((run - 1)).log") last=$(last_words "$folder/$run.log")
  [ -n "$last" ] && [ "$before" = "$last" ]
}
# What ended a run, without the times.
last_words() {
  local told='.*"command failed" err=.*|\{"level":"(fatal|panic)".*|\{.*"failed to verify flags".*|Error: .*|panic: .*|flag provided but not defined.*'
  sed -nE "s/^\S+ std(out|err) F ($told)$/\2/p" "$1" 2>/dev/null |
    sed -E 's/^[A-Z][0-9]{4} \S+ +[0-9]+ //; s/"ts":"[^"]*",//' |
    grep -vE 'deadline exceeded|connection refused|timeout|timed out' | tail -n 1 || true
}
# Whether somebody listens on this port of any address; 0A is LISTEN.
# https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html
is_open() {
  local table socket sockets port
  printf -v port ':%04X 0' "$1"
  for table in /proc/net/tcp /proc/net/tcp6; do
    [ -r $table ] || continue
    mapfile -t sockets <$table
    for socket in "${sockets[@]}"; do
      [[ $socket != *"$port"*":0000 0A "* ]] || return 0
    done
  done
  return 1
}
# The file by which the node's network is ready, as our Flannel pod writes it a second later (Flannel asks for its node
# once a second): write_cni SUBNET. Renamed into place: the runtime reads every file it sees here, also half of one.
write_cni() {
  [ -f $here/flannel ] && [ ! -f /etc/cni/net.d/10-flannel.conflist ] || return 0
  mkdir -p /etc/cni/net.d
  sed -e "s|SUBNET|$1|" -e "s|MTU|$(cat /sys/class/net/eth0/mtu)|" $here/flannel >/etc/cni/net.d/.10-flannel.conflist
  mv /etc/cni/net.d/.10-flannel.conflist /etc/cni/net.d/10-flannel.conflist
}
phase=begin
read -r limit <$here/limit
tell began
