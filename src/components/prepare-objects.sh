#!/bin/bash
# Run in the container of which the warm image is made, after its images are unpacked: starts etcd, API server,
# controller manager and scheduler without a kubelet, has them make the objects of a cluster of the default
# configuration, on a Node that nobody is, and writes them down as transactions for etcdctl.
#
# Only the kinds listed below are kept. Secrets are not among them, nor is anything that holds a key or a certificate:
# the script ends with an error if the text has one, and the image is then warm without objects.
# etcd takes at most 128 operations in a transaction: https://etcd.io/docs/v3.6/op-guide/configuration/ (max-txn-ops).
#
# Needs the function of render-addons.sh. Arguments: the folder with the inputs, which it removes; the folder for the
# transactions; the port of the API server; then the words that stand in the objects for a node's name, its address, the
# time, the tail of UIDs and the CA (prepared-objects.ts).
here=$1 output=$2 port=$3 node=$4 address=$5 time=$6 uid_tail=$7 certificate_authority=$8
conf=$here/kubeadm.conf
set -Eeuo pipefail
cd "$here"

program() { find /opt/airfield/containerd/snapshots -path "*/bin/$1" -perm -100 -print -quit; }
etcd=$(program etcd) etcdctl=$(program etcdctl) api_server=$(program kube-apiserver)
controller_manager=$(program kube-controller-manager) scheduler=$(program kube-scheduler)
[ -n "$etcd" ] && [ -n "$etcdctl" ] && [ -n "$api_server" ] && [ -n "$controller_manager" ] && [ -n "$scheduler" ]

ip link set lo up
ip address add "$address/32" dev lo
echo "$address $node" >>/etc/hosts
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$here"' EXIT
sed -i "s|^kind: ClusterConfiguration|&\ncertificatesDir: $here/pki|" "$conf"
kubeadm init phase certs all --config "$conf"
for user in super-admin controller-manager scheduler; do
  kubeadm init phase kubeconfig "$user" --config "$conf" --kubeconfig-dir "$here"
done
"$etcd" --data-dir etcd --unsafe-no-fsync --heartbeat-interval=20 --election-timeout=100 \
  --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 \
  --listen-peer-urls http://127.0.0.1:2380 &
# As JSON, in which the names of the cluster can be replaced whatever their length.
"$api_server" --etcd-servers=http://127.0.0.1:2379 --storage-media-type=application/json \
  --advertise-address="$address" --bind-address="$address" --authorization-mode=Node,RBAC \
  --service-cluster-ip-range="$(sed -n 's/^ *serviceSubnet: //p' "$conf")" --cert-dir="$here" --allow-privileged=true \
  --client-ca-file=pki/ca.crt --tls-cert-file=pki/apiserver.crt --tls-private-key-file=pki/apiserver.key \
  --service-account-issuer=https://kubernetes.default.svc.cluster.local \
  --service-account-key-file=pki/sa.pub --service-account-signing-key-file=pki/sa.key &
api_server_process=$!
k() { kubectl --kubeconfig super-admin.conf "$@"; }
until k get --raw=/readyz; do
  kill -0 "$api_server_process"
  sleep 0.2
done
# So far these are of any cluster's.
"$etcdctl" get / --prefix --keys-only | sed '/^$/d' >keys-of-any
"$controller_manager" --kubeconfig=controller-manager.conf --leader-elect=false --use-service-account-credentials=true \
  --root-ca-file=pki/ca.crt --service-account-private-key-file=pki/sa.key --allocate-node-cidrs=false \
  --authentication-kubeconfig=controller-manager.conf --authorization-kubeconfig=controller-manager.conf \
  --kube-api-qps=500 --kube-api-burst=1000 &
"$scheduler" --kubeconfig=scheduler.conf --leader-elect=false \
  --authentication-kubeconfig=scheduler.conf --authorization-kubeconfig=scheduler.conf &

k create -f - <<NODE
{ "apiVersion": "v1", "kind": "Node", "metadata": { "name": "$node", "labels": {
  "kubernetes.io/os": "linux", "kubernetes.io/hostname": "$node", "node-role.kubernetes.io/control-plane": "" } } }
NODE
k patch node "$node" --subresource=status -p '{ "status": {
  "allocatable": { "cpu": "64", "memory": "64Gi", "pods": "110", "ephemeral-storage": "1Ti" },
  "conditions": [{ "type": "Ready", "status": "True", "reason": "Prepared" }] } }'
# One that knows no kubelet's heart-beat would be taken for lost after a minute; this takes seconds.
k taint node "$node" node.kubernetes.io/not-ready- || true
render_addons "$conf" "$here" "$port"
k create --validate=false -f manifests

# Every workload has made its pods, all of them are bound, and every namespace has what the controllers put there.
is_settled() {
  namespaces=$(k get namespaces -o name | wc -l)
  [ "$(k get pods -A -o 'custom-columns=N:.spec.nodeName' | grep -cx "$node")" = \
    "$(k get deployments,daemonsets -A -o name | wc -l)" ] &&
    [ "$(k get configmaps -A --field-selector metadata.name=kube-root-ca.crt -o name | wc -l)" = "$namespaces" ] &&
    [ "$(k get serviceaccounts -A --field-selector metadata.name=default -o name | wc -l)" = "$namespaces" ] &&
    [ -n "$(k get endpointslices -n kube-system -o name)" ]
}
until is_settled; do
  kill -0 "$api_server_process"
  sleep 0.2
done

rbac='clusterroles|clusterrolebindings|roles|rolebindings'
for_any="$rbac|priorityclasses|flowschemas|prioritylevelconfigurations|apiregistration.k8s.io"
by_default="$rbac|namespaces|serviceaccounts|configmaps|daemonsets|deployments|replicasets|controllerrevisions|pods|storageclasses|services/specs/kube-system|services/endpoints/kube-system|endpointslices/kube-system|ipaddresses/10.96.0.10"
# What the API server writes itself, and what holds its certificates or the day it was made.
not='configmaps/kube-system/(extension-apiserver-authentication|kube-apiserver-legacy-service-account-token-tracking)|endpointslices/default|endpoints/default'
ca=$(awk '{ printf "%s\\\\n", $0 }' pki/ca.crt)
"$etcdctl" get / --prefix | grep -A 1 '^/registry/' | grep -v '^--$' >all
sed -i -E \
  -e 's/([0-9a-f]{8}(-[0-9a-f]{4}){3}-)[0-9a-f]{12}/\1'"$uid_tail"'/g' \
  -e 's/"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]+)?Z"/"'"$time"'"/g' all
sed -i "s|$ca|$certificate_authority|g" all
# Takes whether the keys are of any cluster's (1 or 0) and an expression for them; prints them as operations. What is
# JSON here becomes a quoted string there.
operations() {
  awk -v of_any="$1" -v wanted="^/registry/($2)(/|\$)" -v unwanted="^/registry/($not)" '
    FILENAME == "keys-of-any" { is_of_any[$0] = 1; next }
    /^\/registry\// { key = $0; next }
    /^\{/ && key ~ wanted && key !~ unwanted && (key in is_of_any) == of_any { print key, $0 }' keys-of-any all |
    sed -E -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^([^ ]+) (.*)$/put "\1" "\2"/'
}
rm -rf "$output"
mkdir -p "$output"
operations 1 "$for_any" | split -l 100 - "$output/any-"
{
  operations 1 "namespaces"
  operations 0 "$by_default"
} | split -l 100 - "$output/default-"
if grep -qE '^put "/registry/secrets|PRIVATE KEY|BEGIN CERTIFICATE|LS0tLS1CRUdJTi' "$output"/*; then
  echo "the prepared objects hold a secret or a certificate" >&2
  exit 1
fi
for transaction in "$output"/*; do
  # No condition, the operations, nothing otherwise.
  { echo; cat "$transaction"; echo; echo; } >whole
  mv whole "$transaction"
done
mkdir -p /opt/airfield/bin
ln -sf "$etcdctl" /opt/airfield/bin/etcdctl
