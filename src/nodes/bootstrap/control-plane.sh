# shellcheck shell=bash
# A control plane's first start, after common.sh and render-addons.sh.
#
# kubeadm's own phases, in kubeadm's order, with these differences:
# - Waiting is done here, in steps of 50 ms instead of a second.
# - The static pods are started by a first kubelet that knows of no API server. It starts beside the making of the
#   certificates (its configuration comes through a pipe, for which it waits), and takes pods at once. The real one
#   follows when the API server listens: earlier it would be refused, and its clients come back only seconds later
#   (client-go waits 0.8 s, then twice as long each time).
# - Objects that the warm image has prepared are written into etcd while the API server starts. What is not
#   prepared is rendered meanwhile, and created in one go.
# - The kubelet's client certificate is put where kubeadm's last phase would put it before the kubelet starts,
#   which spares a restart.
#
# Arguments: the API server's port; the folder of the prepared objects; and the words in them that stand for the cluster's
# CA, the time, the tail of a UID, and the node's architecture, processors, memory and storage.
port=$1 prepared=$2
certificate_authority=$3 time=$4 uid_tail=$5 arch=$6 processors=$7 memory=$8 storage=$9

begin kubelet
/kind/bin/create-kubelet-cgroup 2>/dev/null || mkdir -p /sys/fs/cgroup/kubelet 2>/dev/null || true
mkfifo -m 600 "$here/first-kubelet"
(
  systemctl start containerd || give_up containerd
  exec kubelet --config="$here/first-kubelet" --hostname-override="$(hostname)" --runtime-cgroups=/system.slice/containerd.service
) >/var/log/airfield-first-kubelet.log 2>&1 &
first_kubelet=$!
[ ! -f "$here/first-subnet" ] || write_cni "$(cat "$here/first-subnet")"

begin certificates
# The kubelet that kubeadm starts has to wait for the file "serving".
kubeadm init --config="$conf" --skip-phases=preflight,wait-control-plane,upload-config,upload-certs,mark-control-plane,bootstrap-token,kubelet-finalize,addon,show-join-command
# These two must not start before the API server answers: refused, they come back seconds later.
later=$here/later
mkdir -p "$later"
mv /etc/kubernetes/manifests/kube-{scheduler,controller-manager}.yaml "$later"/
cat "$here/first-kubelet.json" >"$here/first-kubelet"

# https://kubernetes.io/docs/reference/setup-tools/kubeadm/kubeadm-init-phase/#cmd-phase-kubelet-finalize
begin kubelet-certificate
pki=/var/lib/kubelet/pki
mkdir -p $pki
pem=$pki/kubelet-client-$(date +%Y-%m-%d-%H-%M-%S).pem
(
  umask 077
  for field in client-certificate-data client-key-data; do
    sed -n "s/^ *$field: //p" /etc/kubernetes/kubelet.conf | base64 -d
  done >"$pem"
)
ln -sf "$pem" $pki/kubelet-client-current.pem
sed -i \
  -e "s|client-certificate-data: .*|client-certificate: $pki/kubelet-client-current.pem|" \
  -e "s|client-key-data: .*|client-key: $pki/kubelet-client-current.pem|" /etc/kubernetes/kubelet.conf

begin objects
admin=/etc/kubernetes/super-admin.conf
[ -f $admin ] || admin=/etc/kubernetes/admin.conf
k() { kubectl --kubeconfig=$admin "$@"; }
# Should the first kubelet not do, the real one has to; if it ends as well, systemd's count of its starts tells.
replace_dead_kubelet() {
  [ ! -f "$here/serving" ] && ! kill -0 $first_kubelet 2>/dev/null || return 0
  touch "$here/serving"
  systemctl start kubelet
}
# Reads a transaction of etcdctl.
transact() {
  sed -f "$here/substitutions.all" | /opt/airfield/bin/etcdctl --endpoints=https://127.0.0.1:2379 \
    --cacert=/etc/kubernetes/pki/etcd/ca.crt --cert=/etc/kubernetes/pki/apiserver-etcd-client.crt \
    --key=/etc/kubernetes/pki/apiserver-etcd-client.key txn >/dev/null
}
# Takes files of transactions; fails if one does.
write_objects() {
  local ca file writer writing=() failed=0
  ca=$(awk '{ printf "%s\\\\\\\\n", $0 }' /etc/kubernetes/pki/ca.crt)
  {
    echo "s|$certificate_authority|$ca|g"
    echo "s|$time|$(date -u +%Y-%m-%dT%H:%M:%SZ)|g"
    echo "s|$uid_tail|$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n')|g"
    echo "s|$arch|$(uname -m | sed -e s/x86_64/amd64/ -e s/aarch64/arm64/)|g"
    echo "s|$processors|$(nproc)|g"
    echo "s|$memory|$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1Ki/p' /proc/meminfo)|g"
    echo "s|$storage|$(df --output=size -k /var | tail -n 1 | tr -d ' ')Ki|g"
    cat "$here/substitutions"
  } >"$here/substitutions.all"
  until is_open 2379; do
    replace_dead_kubelet
    pause 0.02
  done
  for file in "$@"; do
    transact <"$file" &
    writing+=($!)
  done
  for writer in "${writing[@]}"; do wait "$writer" || failed=1; done
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
if [ -f "$here/default" ] && [ -n "$(ls "$prepared"/default-* 2>/dev/null)" ]; then
  # Those of every API server may stay; of the others all or none.
  if write_objects "$prepared"/* "$here/objects"; then
    has_objects=yes
  else
    remove_objects "$prepared"/default-* "$here/objects"
  fi
elif [ -n "$(ls "$prepared"/any-* 2>/dev/null)" ]; then
  write_objects "$prepared"/any-* || true
fi
if [ $has_objects = no ]; then
  render_addons "$conf" "$here" "$port"
  # The CA that every pod is given. The controller manager would put it into each namespace too, but after the first
  # pods have asked for it, and the kubelet comes back half a second later.
  for namespace in $(grep -hE '^kind: Namespace' -A 3 "$here"/manifests/*.yaml | sed -n 's/^  name: //p' || true) kube-system; do
    printf -- '---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: kube-root-ca.crt, namespace: %s }\ndata:\n  ca.crt: |\n' "$namespace"
    sed 's/^/    /' /etc/kubernetes/pki/ca.crt
  done >"$here/manifests/zz-root-ca.yaml"
fi

begin api-server
until is_open "$port"; do
  replace_dead_kubelet
  pause 0.02
done
touch "$here/serving"
kill $first_kubelet 2>/dev/null || true
wait $first_kubelet || true
mv "$later"/*.yaml /etc/kubernetes/manifests/
systemctl start kubelet

begin cluster
done_before=preflight,certs,kubeconfig,etcd,control-plane,kubelet-start,wait-control-plane,upload-certs,kubelet-finalize,addon,show-join-command
if [ $has_objects = yes ]; then
  # The prepared Node has its marks already.
  kubeadm init --config="$conf" --skip-phases=$done_before,mark-control-plane
else
  # Not /readyz: the API server takes objects long before all that it does at its start is done.
  until k get namespace kube-system kube-public >/dev/null 2>&1; do pause 0.05; done
  # Not validated: that would fetch the schema of everything first.
  k create --validate=false -f "$here/manifests" &
  creation=$!
  kubeadm init --config="$conf" --skip-phases=$done_before
  # A load balancer must reach Services also on the only node there is.
  # https://kubernetes.io/docs/reference/labels-annotations-taints/#node-kubernetes-io-exclude-from-external-load-balancers
  [ "$(wc -l <"$here/nodes")" -gt 1 ] || k label nodes --all node.kubernetes.io/exclude-from-external-load-balancers-
  wait $creation
fi
tell "control-plane $(base64 -w0 /etc/kubernetes/pki/ca.crt)"

begin ready
# Asks the cluster's DNS until it answers with a record. dd makes one datagram of the question: bash itself would send
# what it has at each byte 0a, its newline.
ask_dns() {
  local address query answer
  address=$(cat "$here/dns-address")
  query=$(cat "$here/dns-query")
  until
    answer=$(
      exec 4<>"/dev/udp/$address/53" &&
        printf %b "$query" | dd bs=512 iflag=fullblock >&4 &&
        timeout 0.3 dd bs=512 count=1 <&4 | od -An -v -tx1 -N8
    ) 2>/dev/null && read -r _ _ flags code _ _ high low <<<"$answer" &&
      [ -n "$low" ] && (( 16#$flags & 128 && !(16#$code & 15) && 16#$high$low > 0 ))
  do pause 0.1; done
  tell dns
}
[ ! -f "$here/dns-address" ] || ask_dns &

declare -A state labels
token=yes
# Those that a kubelet may not set itself: "NODE KEY=VALUE…" in each line.
if [ -f "$here/labels" ]; then
  while read -r name pairs; do labels[$name]=$pairs; done <"$here/labels"
fi
# Sets them on a node that has just joined: set_labels NODE.
set_labels() {
  local pairs
  read -ra pairs <<<"${labels[$1]:-}"
  [ ${#pairs[@]} = 0 ] || k label node "$1" --overwrite "${pairs[@]}"
}
exec 3< <(exec kubectl --kubeconfig=$admin get nodes --watch --no-headers \
  -o 'custom-columns=N:.metadata.name,R:.status.conditions[?(@.type=="Ready")].status,C:.spec.podCIDR')
watch=$!
self=$(hostname)
while read -ru 3 name ready subnet; do
  [ -n "$name" ] || continue
  [ "$name" != "$self" ] || [ "$subnet" = "<none>" ] || write_cni "$subnet"
  [ -n "${state[$name]:-}" ] || set_labels "$name"
  state[$name]=$ready
  tell "node $name $ready"
  missing=0 unready=0
  for node in $(cat "$here/nodes"); do
    case ${state[$node]:-missing} in
    missing) missing=1 unready=1 ;;
    True) ;;
    *) unready=1 ;;
    esac
  done
  if [ $missing = 0 ] && [ $token = yes ]; then
    # Whoever knows the token can add nodes, so it goes as soon as it has done its work.
    k -n kube-system delete secret "bootstrap-token-$(cat "$here/token-id")"
    token=gone
    tell joined
  fi
  [ $unready = 1 ] || break
done
kill $watch 2>/dev/null || true
wait
touch "$here/done"
