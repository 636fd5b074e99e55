import { placeholder, preparedObjectsFolder } from "../../components/prepared-objects.ts";
import { apiServerPort } from "../../kubernetes/api-server-port.ts";
import renderAddons from "../../kubernetes/render-addons.sh";
import { nodePlaceholder } from "./prepared-node.ts";

/**
 * What a node does at its first start, as scripts that systemd runs inside it. Each `docker exec` costs a
 * tenth of a second, and polling from outside costs more; so the node goes its way alone and tells how far it
 * is on its console, which the container's log follows.
 *
 * Lines are `airfield: WORD VALUES…`. The texts are constants: what differs from cluster to cluster comes in
 * files beside them, never in the text.
 */

/** Folder of the scripts and their inputs in a node. */
export const bootstrapFolder = "/kind/airfield";

/** What the scripts print, for the error of one that failed. */
export const bootstrapLog = "/var/log/airfield-bootstrap.log";

const common = String.raw`#!/bin/bash
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
  [ $(( ${"$"}{containerd:-0} )) -lt 3 ] || give_up containerd
  [ $(( ${"$"}{kubelet:-0} )) -lt 3 ] || give_up kubelet
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
    for socket in "${"$"}{sockets[@]}"; do
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
`;

/**
 * kubeadm's own phases, in kubeadm's order, with these differences:
 * - Waiting is done here, in steps of 50 ms instead of a second.
 * - The static pods are started by a first kubelet that knows of no API server. It starts beside the making of the
 *   certificates (its configuration comes through a pipe, for which it waits), and takes pods at once. The real one
 *   follows when the API server listens: earlier it would be refused, and its clients come back only seconds later
 *   (client-go waits 0.8 s, then twice as long each time).
 * - Objects that the warm image has prepared are written into etcd while the API server starts. What is not
 *   prepared is rendered meanwhile, and created in one go.
 * - The kubelet's client certificate is put where kubeadm's last phase would put it before the kubelet starts,
 *   which spares a restart.
 */
export const controlPlaneScript = String.raw`${common}
${renderAddons}
begin kubelet
/kind/bin/create-kubelet-cgroup 2>/dev/null || mkdir -p /sys/fs/cgroup/kubelet 2>/dev/null || true
mkfifo -m 600 $here/first-kubelet
(
  systemctl start containerd || give_up containerd
  exec kubelet --config=$here/first-kubelet --hostname-override="$(hostname)" --runtime-cgroups=/system.slice/containerd.service
) >/var/log/airfield-first-kubelet.log 2>&1 &
first_kubelet=$!
[ ! -f $here/first-subnet ] || write_cni "$(cat $here/first-subnet)"

begin certificates
# The kubelet that kubeadm starts has to wait for the file "serving".
kubeadm init --config=$conf --skip-phases=preflight,wait-control-plane,upload-config,upload-certs,mark-control-plane,bootstrap-token,kubelet-finalize,addon,show-join-command
# These two must not start before the API server answers: refused, they come back seconds later.
later=$here/later
mkdir -p $later
mv /etc/kubernetes/manifests/kube-{scheduler,controller-manager}.yaml $later/
cat $here/first-kubelet.json >$here/first-kubelet

# https://kubernetes.io/docs/reference/setup-tools/kubeadm/kubeadm-init-phase/#cmd-phase-kubelet-finalize
begin kubelet-certificate
pki=/var/lib/kubelet/pki
mkdir -p $pki
pem=$pki/kubelet-client-$(date +%Y-%m-%d-%H-%M-%S).pem
(
  umask 077
  for field in client-certificate-data client-key-data; do
    sed -n "s/^ *$field: //p" /etc/kubernetes/kubelet.conf | base64 -d
  done >$pem
)
ln -sf $pem $pki/kubelet-client-current.pem
sed -i \
  -e "s|client-certificate-data: .*|client-certificate: $pki/kubelet-client-current.pem|" \
  -e "s|client-key-data: .*|client-key: $pki/kubelet-client-current.pem|" /etc/kubernetes/kubelet.conf

begin objects
admin=/etc/kubernetes/super-admin.conf
[ -f $admin ] || admin=/etc/kubernetes/admin.conf
k() { kubectl --kubeconfig=$admin "$@"; }
# Should the first kubelet not do, the real one has to; if it ends as well, systemd's count of its starts tells.
replace_dead_kubelet() {
  [ ! -f $here/serving ] && ! kill -0 $first_kubelet 2>/dev/null || return 0
  touch $here/serving
  systemctl start kubelet
}
prepared=${preparedObjectsFolder}
# Reads a transaction of etcdctl.
transact() {
  sed -f $here/substitutions.all | /opt/airfield/bin/etcdctl --endpoints=https://127.0.0.1:2379 \
    --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/apiserver-etcd-client.crt \
    --key=/etc/kubernetes/pki/apiserver-etcd-client.key txn >/dev/null
}
# Takes files of transactions; fails if one does.
write_objects() {
  local ca file writer writing=() failed=0
  ca=$(awk '{ printf "%s\\\\\\\\n", $0 }' /etc/kubernetes/pki/ca.crt)
  {
    echo "s|${placeholder.certificateAuthority}|$ca|g"
    echo "s|${placeholder.time}|$(date -u +%Y-%m-%dT%H:%M:%SZ)|g"
    echo "s|${placeholder.uidTail}|$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n')|g"
    echo "s|${nodePlaceholder.arch}|$(uname -m | sed -e s/x86_64/amd64/ -e s/aarch64/arm64/)|g"
    echo "s|${nodePlaceholder.processors}|$(nproc)|g"
    echo "s|${nodePlaceholder.memory}|$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1Ki/p' /proc/meminfo)|g"
    echo "s|${nodePlaceholder.storage}|$(df --output=size -k /var | tail -n 1 | tr -d ' ')Ki|g"
    cat $here/substitutions
  } >$here/substitutions.all
  until is_open 2379; do
    replace_dead_kubelet
    pause 0.02
  done
  for file in "$@"; do
    transact <"$file" &
    writing+=($!)
  done
  for writer in "${"$"}{writing[@]}"; do wait "$writer" || failed=1; done
  return $failed
}
# Takes the same files; takes back what was written of them. The API server does not serve yet.
remove_objects() {
  local file
  for file in "$@"; do
    { echo; sed -nE 's/^put ("[^"]+") .*/del \1/p' "$file"; echo; echo; } | transact || true
  done
}
has_objects=no
if [ -f $here/default ] && [ -n "$(ls $prepared/default-* 2>/dev/null)" ]; then
  # Those of every API server may stay; of the others all or none.
  if write_objects $prepared/* $here/objects; then
    has_objects=yes
  else
    remove_objects $prepared/default-* $here/objects
  fi
elif [ -n "$(ls $prepared/any-* 2>/dev/null)" ]; then
  write_objects $prepared/any-* || true
fi
if [ $has_objects = no ]; then
  render_addons $conf $here ${apiServerPort}
  # The CA that every pod is given. The controller manager would put it into each namespace too, but after the first
  # pods have asked for it, and the kubelet comes back half a second later.
  for namespace in $(grep -hE '^kind: Namespace' -A 3 $here/manifests/*.yaml | sed -n 's/^  name: //p' || true) kube-system; do
    printf -- '---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: kube-root-ca.crt, namespace: %s }\ndata:\n  ca.crt: |\n' "$namespace"
    sed 's/^/    /' /etc/kubernetes/pki/ca.crt
  done >$here/manifests/zz-root-ca.yaml
fi

begin api-server
until is_open ${apiServerPort}; do
  replace_dead_kubelet
  pause 0.02
done
touch $here/serving
kill $first_kubelet 2>/dev/null || true
wait $first_kubelet || true
mv $later/*.yaml /etc/kubernetes/manifests/
systemctl start kubelet

begin cluster
done_before=preflight,certs,kubeconfig,etcd,control-plane,kubelet-start,wait-control-plane,upload-certs,kubelet-finalize,addon,show-join-command
if [ $has_objects = yes ]; then
  # The prepared Node has its marks already.
  kubeadm init --config=$conf --skip-phases=$done_before,mark-control-plane
else
  # Not /readyz: the API server takes objects long before all that it does at its start is done.
  until k get namespace kube-system kube-public >/dev/null 2>&1; do pause 0.05; done
  # Not validated: that would fetch the schema of everything first.
  k create --validate=false -f $here/manifests &
  creation=$!
  kubeadm init --config=$conf --skip-phases=$done_before
  # A load balancer must reach Services also on the only node there is.
  # https://kubernetes.io/docs/reference/labels-annotations-taints/#node-kubernetes-io-exclude-from-external-load-balancers
  [ "$(wc -l <$here/nodes)" -gt 1 ] || k label nodes --all node.kubernetes.io/exclude-from-external-load-balancers-
  wait $creation
fi
tell "control-plane $(base64 -w0 /etc/kubernetes/pki/ca.crt)"

begin ready
# Asks the cluster's DNS until it answers with a record. dd makes one datagram of the question: bash itself would send
# what it has at each byte 0a, its newline.
ask_dns() {
  local address query answer
  address=$(cat $here/dns-address)
  query=$(cat $here/dns-query)
  until
    answer=$(
      exec 4<>"/dev/udp/$address/53" &&
        printf "$query" | dd bs=512 iflag=fullblock >&4 &&
        timeout 0.3 dd bs=512 count=1 <&4 | od -An -v -tx1 -N8
    ) 2>/dev/null && read -r _ _ flags code _ _ high low <<<"$answer" &&
      [ -n "$low" ] && (( 16#$flags & 128 && !(16#$code & 15) && 16#$high$low > 0 ))
  do pause 0.1; done
  tell dns
}
[ ! -f $here/dns-address ] || ask_dns &

declare -A state labels
token=yes
# Those that a kubelet may not set itself: "NODE KEY=VALUE…" in each line.
if [ -f $here/labels ]; then
  while read -r name pairs; do labels[$name]=$pairs; done <$here/labels
fi
# Sets them on a node that has just joined: set_labels NODE.
set_labels() {
  local pairs
  read -ra pairs <<<"${"$"}{labels[$1]:-}"
  [ ${"$"}{#pairs[@]} = 0 ] || k label node "$1" --overwrite "${"$"}{pairs[@]}"
}
exec 3< <(exec kubectl --kubeconfig=$admin get nodes --watch --no-headers \
  -o 'custom-columns=N:.metadata.name,R:.status.conditions[?(@.type=="Ready")].status,C:.spec.podCIDR')
watch=$!
self=$(hostname)
while read -ru 3 name ready subnet; do
  [ -n "$name" ] || continue
  [ "$name" != "$self" ] || [ "$subnet" = "<none>" ] || write_cni "$subnet"
  [ -n "${"$"}{state[$name]:-}" ] || set_labels "$name"
  state[$name]=$ready
  tell "node $name $ready"
  missing=0 unready=0
  for node in $(cat $here/nodes); do
    case ${"$"}{state[$node]:-missing} in
    missing) missing=1 unready=1 ;;
    True) ;;
    *) unready=1 ;;
    esac
  done
  if [ $missing = 0 ] && [ $token = yes ]; then
    # Whoever knows the token can add nodes, so it goes as soon as it has done its work.
    k -n kube-system delete secret "bootstrap-token-$(cat $here/token-id)"
    token=gone
    tell joined
  fi
  [ $unready = 1 ] || break
done
kill $watch 2>/dev/null || true
wait
touch $here/done
`;

/** A worker waits for the file by which it knows its control plane, and joins. */
export const workerScript = String.raw`${common}
begin discovery
systemctl start containerd || give_up containerd
until [ -s /kind/discovery.conf ]; do pause 0.02; done

begin join
kubeadm join --config=$conf &
joining=$!
# Once the kubelet has its certificate, the node waits for its subnet.
if [ -f $here/flannel ]; then
  until [ -s /etc/kubernetes/kubelet.conf ] && [ -e /var/lib/kubelet/pki/kubelet-client-current.pem ]; do
    kill -0 $joining 2>/dev/null || break
    pause 0.05
  done
  exec 3< <(exec kubectl --kubeconfig=/etc/kubernetes/kubelet.conf get node "$(hostname)" --watch --no-headers -o 'custom-columns=C:.spec.podCIDR')
  watch=$!
  while read -ru 3 subnet; do
    [ "$subnet" = "<none>" ] || break
  done
  kill $watch 2>/dev/null || true
  [ -z "${"$"}{subnet:-}" ] || write_cni "$subnet"
fi
while kill -0 $joining 2>/dev/null; do pause 0.1; done
wait $joining
touch $here/done
tell joined
`;

/** Runs the script once, at the first start. */
export const bootstrapUnit = `[Unit]
Description=Airfield: first start of this node
ConditionPathExists=!${bootstrapFolder}/done

[Service]
Type=exec
Environment=HOME=/root
ExecStart=/bin/bash ${bootstrapFolder}/bootstrap
# What it starts (the kubelet) are services of their own.
KillMode=process
`;

/** Makes the unit part of every start without a symbolic link, which an archive of files cannot carry. */
export const bootstrapWanted = `[Unit]
Wants=airfield-bootstrap.service
`;
