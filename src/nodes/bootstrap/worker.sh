# shellcheck shell=bash
# A worker's first start, after common.sh: it waits for the file by which it knows its control plane, and joins.
begin discovery
systemctl start containerd || give_up containerd
until [ -s /kind/discovery.conf ]; do pause 0.02; done

begin join
kubeadm join --config="$conf" &
joining=$!
# Once the kubelet has its certificate, the node waits for its subnet.
if [ -f "$here/flannel" ]; then
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
  [ -z "${subnet:-}" ] || write_cni "$subnet"
fi
while kill -0 $joining 2>/dev/null; do pause 0.1; done
wait $joining
touch "$here/done"
tell joined
