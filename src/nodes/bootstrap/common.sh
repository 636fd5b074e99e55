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
  local containerd kubelet pod log
  (( SECONDS > 3 )) || return 0
  # One number each, with an empty line between.
  read -rd '' containerd kubelet < <(systemctl show --property=NRestarts --value containerd kubelet) || true
  [ $(( ${containerd:-0} )) -lt 3 ] || give_up containerd
  [ $(( ${kubelet:-0} )) -lt 3 ] || give_up kubelet
  for pod in etcd kube-apiserver kube-controller-manager kube-scheduler; do
    ! ends_alike $pods/kube-system_$pod-*/$pod || give_up $pod
  done
  # Nothing that these wait for makes them end, so the fourth run is none too many, whatever they say.
  for pod in kube-proxy coredns kube-flannel; do
    ! ends_alike $pods/kube-*_$pod-*/$pod || give_up $pod
    for log in "$pods"/kube-*_"$pod"-*/"$pod"/[3-9].log; do [ ! -e "$log" ] || give_up $pod; done
  done
}
pods=/var/log/pods
# By the folder of a container's logs: its last run that has ended with words, and these.
declare -A ended_run ended_with
# Whether two runs of a container had the same last words, which a third run would have too: what is not there yet may
# come. Takes the folders of its logs, one file for each run; the kubelet removes all but the last two.
ends_alike() {
  local folder later log run words
  for folder in "$@"; do
    for later in "$folder"/[1-9].log; do
      [ -e "$later" ] || continue 2
      for log in "$folder"/[0-9].log; do
        run=${log##*/}
        words=$(last_words "$log")
        [ -n "$words" ] || continue
        [ "${ended_run[$folder]:-$run}" = "$run" ] || [ "${ended_with[$folder]}" != "$words" ] || return 0
        ended_run[$folder]=$run ended_with[$folder]=$words
      done
      continue 2
    done
  done
  return 1
}
# What ended a run, without the times.
last_words() {
  local told='.*"command failed" err=.*|\{"level":"(fatal|panic)".*|\{.*"failed to verify flags".*|Error: .*|panic: .*|flag provided but not defined.*|/etc/coredns/Corefile:.*|plugin/[a-z0-9]+: .*|\[FATAL\] .*|[EF][0-9]{4} .* main\.go:[0-9]+\] .*'
  sed -nE "s#^\S+ std(out|err) F ($told)\$#\2#p" "$1" 2>/dev/null |
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
