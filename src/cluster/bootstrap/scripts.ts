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
# A listening port is seen by bash itself, without a process.
until_open() { until (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; do sleep 0.05; done; }
# The file by which the node's network is ready, as our Flannel pod writes it a second later (Flannel asks for its node
# once a second): write_cni SUBNET. Renamed into place: the runtime reads every file it sees here, also half of one.
write_cni() {
  [ -f $here/flannel ] && [ ! -f /etc/cni/net.d/10-flannel.conflist ] || return 0
  mkdir -p /etc/cni/net.d
  sed -e "s|SUBNET|$1|" -e "s|MTU|$(cat /sys/class/net/eth0/mtu)|" $here/flannel >/etc/cni/net.d/.10-flannel.conflist
  mv /etc/cni/net.d/.10-flannel.conflist /etc/cni/net.d/10-flannel.conflist
}
phase=begin
tell began
`;

/**
 * kubeadm's own phases, in kubeadm's order, with three differences: waiting is done here, in steps of 50 ms
 * instead of a second; the add-ons are rendered while the API server starts and created in one go with CNI and
 * storage; the kubelet's client certificate is put where kubeadm's last phase would put it before the kubelet
 * starts, which spares a restart.
 */
export const controlPlaneScript = String.raw`${common}
begin certificates
# What every API server makes at its first start, from the warm image. Restored as etcd restores a backup: the cluster,
# its member and the member's address are new.
seed=/opt/airfield/etcd-seed.db
if [ -f $seed ] && [ -z "$(ls -A /var/lib/etcd 2>/dev/null)" ]; then
  peer=$(hostname)=https://$(sed -n 's/^ *advertiseAddress: //p' $conf | tr -d '"' | head -n 1):2380
  /opt/airfield/bin/etcdutl snapshot restore $seed --data-dir=/var/lib/etcd --name="$(hostname)" \
    --initial-cluster="$peer" --initial-advertise-peer-urls="${"$"}{peer#*=}" &
  seeding=$!
fi
kubeadm init --config=$conf --skip-phases=preflight,kubelet-start,wait-control-plane,upload-config,upload-certs,mark-control-plane,bootstrap-token,kubelet-finalize,addon,show-join-command

# These two must not start before the API server answers them: refused, they come back seconds later. The API server
# allows them what they do a second after it serves (its RBAC hook waits that long), and the controller manager asks once a second.
later=$here/later
mkdir -p $later
mv /etc/kubernetes/manifests/kube-{scheduler,controller-manager}.yaml $later/

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

begin kubelet
# What a restore that failed has left would keep etcd from starting; without a seed it starts empty.
[ -z "${"$"}{seeding:-}" ] || wait "$seeding" || rm -rf /var/lib/etcd/*
systemctl start containerd
kubeadm init phase kubelet-start --config=$conf

begin manifests
for addon in $(cat $here/addons); do
  kubeadm init phase addon "$addon" --config=$conf --print-manifest >$here/manifests/$addon.yaml
done
# Read with the defaults of kubeadm, 2 replicas and a look every 10 s, a small cluster's DNS would come seconds later.
[ ! -f $here/small ] || sed -i -E \
  -e 's/^( *replicas: ).*/\11/' \
  -e 's/^( *)readinessProbe:.*/&\n\1  periodSeconds: 1/' $here/manifests/coredns.yaml

# The CA that every pod is given. The controller manager would put it into each namespace too, but after the first pods
# have asked for it, and the kubelet comes back half a second later.
{
  for namespace in $(grep -hE '^kind: Namespace' -A 3 $here/manifests/*.yaml | sed -n 's/^  name: //p' || true) kube-system; do
    printf -- '---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: kube-root-ca.crt, namespace: %s }\ndata:\n  ca.crt: |\n' "$namespace"
    sed 's/^/    /' /etc/kubernetes/pki/ca.crt
  done
} >$here/manifests/zz-root-ca.yaml
# CoreDNS starts beside kube-proxy. Through the Service's address it would be refused until kube-proxy has its rules, and
# come back seconds later; so it gets the API server's own address, which in our networks never changes.
address=$(sed -n 's/^ *advertiseAddress: //p' $conf | tr -d '"' | head -n 1)
sed -i -E "s|^( *)image: .*coredns.*|&\n\1env:\n\1- { name: KUBERNETES_SERVICE_HOST, value: '$address' }\n\1- { name: KUBERNETES_SERVICE_PORT, value: '6443' }|" $here/manifests/coredns.yaml

begin api-server
admin=/etc/kubernetes/super-admin.conf
[ -f $admin ] || admin=/etc/kubernetes/admin.conf
k() { kubectl --kubeconfig=$admin "$@"; }
until_open 127.0.0.1 6443
# Not /readyz: the API server takes objects long before all that it does at its start is done.
until k get namespace kube-system kube-public >/dev/null 2>&1; do sleep 0.05; done

begin cluster
mv $later/kube-scheduler.yaml /etc/kubernetes/manifests/
# Not validated: that would fetch the schema of everything first.
k create --validate=false -f $here/manifests &
creation=$!
kubeadm init --config=$conf --skip-phases=preflight,certs,kubeconfig,etcd,control-plane,kubelet-start,wait-control-plane,upload-certs,kubelet-finalize,addon,show-join-command
# A load balancer must reach Services also on the only node there is.
# https://kubernetes.io/docs/reference/labels-annotations-taints/#node-kubernetes-io-exclude-from-external-load-balancers
[ "$(wc -l <$here/nodes)" -gt 1 ] || k label nodes --all node.kubernetes.io/exclude-from-external-load-balancers-
wait $creation
mv $later/kube-controller-manager.yaml /etc/kubernetes/manifests/
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
  do sleep 0.1; done
  tell dns
}
[ ! -f $here/dns-address ] || ask_dns &

declare -A state
token=yes
exec 3< <(exec kubectl --kubeconfig=$admin get nodes --watch --no-headers \
  -o 'custom-columns=N:.metadata.name,R:.status.conditions[?(@.type=="Ready")].status,C:.spec.podCIDR')
watch=$!
self=$(hostname)
while read -ru 3 name ready subnet; do
  [ -n "$name" ] || continue
  [ "$name" != "$self" ] || [ "$subnet" = "<none>" ] || write_cni "$subnet"
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
systemctl start containerd
until [ -s /kind/discovery.conf ]; do sleep 0.02; done

begin join
kubeadm join --config=$conf &
joining=$!
# Once the kubelet has its certificate, the node waits for its subnet.
if [ -f $here/flannel ]; then
  until [ -s /etc/kubernetes/kubelet.conf ] && [ -e /var/lib/kubelet/pki/kubelet-client-current.pem ]; do
    kill -0 $joining 2>/dev/null || break
    sleep 0.05
  done
  exec 3< <(exec kubectl --kubeconfig=/etc/kubernetes/kubelet.conf get node "$(hostname)" --watch --no-headers -o 'custom-columns=C:.spec.podCIDR')
  watch=$!
  while read -ru 3 subnet; do
    [ "$subnet" = "<none>" ] || break
  done
  kill $watch 2>/dev/null || true
  [ -z "${"$"}{subnet:-}" ] || write_cni "$subnet"
fi
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
