/**
 * Run in a node of the plain image: unpacks every image of containerd's store and leaves the store in the
 * container's own file system, from which the engine makes the warm image.
 *
 * /var is a volume, which an engine fills from the image at every start of a node and leaves out of an image
 * made of it. So what is big (unpacked images, large blobs) goes to /opt, and /var gets symbolic links to it:
 * half a megabyte to copy instead of hundreds. overlayfs takes lower directories behind links. The file system
 * below the volume is reached by binding / without what is mounted on it.
 */
export const warmImageScript = String.raw`
set -Eeuo pipefail
store=/var/lib/containerd
warm=/opt/airfield/containerd
snapshotter=io.containerd.snapshotter.v1.overlayfs
blobs=io.containerd.content.v1.content/blobs/sha256
under=/run/airfield-root

# Another snapshotter (on ZFS, say) keeps its snapshots otherwise.
[ -d $store/$snapshotter ] || { echo "the node does not use overlayfs" >&2; exit 3; }
ctr -n k8s.io images ls -q 2>/dev/null | grep -v '^sha256:' | while read -r name; do
  digest=$(ctr -n k8s.io images ls "name==$name" 2>/dev/null | awk 'NR == 2 { print $3 }')
  ctr -n k8s.io snapshots unpack "$digest" >/dev/null 2>&1
done
systemctl stop containerd

# The engine would take a whiteout of an unpacked image for one of its own.
if find $store/$snapshotter/snapshots -type c -print -quit | grep -q .; then
  echo "an image has whiteouts, which cannot be kept unpacked" >&2
  exit 3
fi
mkdir -p $under $warm/blobs
mount --bind / $under
cp -a $store/$snapshotter/snapshots $warm/snapshots
rm -rf $under$store
mkdir -p $under$store
chmod --reference=$store $under$store
tar -C $store -c --exclude="./$snapshotter/snapshots/*" --exclude="./$blobs/*" . | tar -C $under$store -x
for snapshot in $store/$snapshotter/snapshots/*; do
  ln -s $warm/snapshots/"$(basename "$snapshot")" $under$store/$snapshotter/snapshots/
done
for blob in $store/$blobs/*; do
  if [ "$(stat -c %s "$blob")" -gt 65536 ]; then
    cp "$blob" $warm/blobs/
    ln -s $warm/blobs/"$(basename "$blob")" $under$store/$blobs/
  else
    cp -p "$blob" $under$store/$blobs/
  fi
done
umount $under
# What belongs to this one node: two nodes must not look like one machine.
rm -f /kind/product_uuid /kind/old-ipv4 /kind/old-ipv6 /kind/dns-address /etc/machine-id
`;

/**
 * Run after it: lets an API server fill an etcd with what every API server makes at its first start (its own
 * RBAC roles, priorities and API services), and keeps that as /opt/airfield/etcd-seed.db. A control plane that
 * starts from it need not make them, and its controllers are not refused for want of them, which costs each a
 * second of waiting.
 *
 * Only kinds on the list below are kept: they are the same in every cluster of this version and hold no name,
 * address, certificate or secret. The ConfigMap with the CA of this throw-away API server, above all, is not
 * among them. https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
 */
export const etcdSeedScript = String.raw`
set -Eeuo pipefail
kept='roles|rolebindings|clusterroles|clusterrolebindings|priorityclasses|flowschemas|prioritylevelconfigurations|apiregistration.k8s.io'
seed=/opt/airfield/etcd-seed.db
# An address for documentation (RFC 5737), on a container without a network.
address=192.0.2.1
work=/run/airfield-seed
mkdir -p $work
cd $work

program() { find /opt/airfield/containerd/snapshots -path "*/bin/$1" -perm -100 -print -quit; }
etcd=$(program etcd) etcdctl=$(program etcdctl) etcdutl=$(program etcdutl) api_server=$(program kube-apiserver)
[ -n "$etcd" ] && [ -n "$etcdctl" ] && [ -n "$etcdutl" ] && [ -n "$api_server" ]

ip link set lo up
ip address add $address/32 dev lo
cat >kubeadm.conf <<CONF
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: $(cat /kind/version)
certificatesDir: $work/pki
encryptionAlgorithm: ECDSA-P256
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint: { advertiseAddress: $address }
nodeRegistration: { name: seed }
CONF
kubeadm init phase certs all --config kubeadm.conf
kubeadm init phase kubeconfig super-admin --config kubeadm.conf --kubeconfig-dir $work
"$etcd" --data-dir $work/etcd --unsafe-no-fsync --heartbeat-interval=20 --election-timeout=100   --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379   --listen-peer-urls http://127.0.0.1:2380 &
"$api_server" --etcd-servers=http://127.0.0.1:2379 --advertise-address=$address --bind-address=$address   --authorization-mode=Node,RBAC --service-cluster-ip-range=10.96.0.0/16 --cert-dir=$work   --client-ca-file=pki/ca.crt --tls-cert-file=pki/apiserver.crt --tls-private-key-file=pki/apiserver.key   --service-account-issuer=https://kubernetes.default.svc.cluster.local   --service-account-key-file=pki/sa.pub --service-account-signing-key-file=pki/sa.key &
api_server_process=$!
until kubectl --kubeconfig super-admin.conf --server https://$address:6443 get --raw=/readyz; do
  kill -0 $api_server_process
  sleep 0.2
done
kill $api_server_process
wait $api_server_process || true

"$etcdctl" get / --prefix --keys-only | sed '/^$/d' | grep -vE "^/registry/($kept)/" | while read -r key; do
  "$etcdctl" del "$key"
done
[ -z "$("$etcdctl" get / --prefix --keys-only | sed '/^$/d' | grep -vE "^/registry/($kept)/")" ]
"$etcdctl" snapshot save $seed
mkdir -p /opt/airfield/bin
ln -s "$etcdutl" /opt/airfield/bin/etcdutl
`;
