# shellcheck shell=bash
# render_addons CONF FOLDER PORT: writes the manifests of DNS and kube-proxy beside those of network and storage, as
# kubeadm renders them. CONF is kubeadm's configuration, PORT the API server's; FOLDER has "addons" (their names), "small"
# where the cluster is small, and "manifests", into which they go.
render_addons() {
  local conf=$1 here=$2 port=$3 addon
  for addon in $(cat "$here/addons"); do
    kubeadm init phase addon "$addon" --config="$conf" --print-manifest >"$here/manifests/$addon.yaml"
  done
  # Read with the defaults of kubeadm, 2 replicas and a look every 10 s, a small cluster's DNS would come seconds later.
  [ ! -f "$here/small" ] || sed -i -E \
    -e 's/^( *replicas: ).*/\11/' \
    -e 's/^( *)readinessProbe:.*/&\n\1  periodSeconds: 1/' "$here/manifests/coredns.yaml"
  # CoreDNS starts beside kube-proxy. Through the Service's address it would be refused until kube-proxy has its rules, and
  # come back seconds later; so it gets the API server's own address, which in our networks never changes.
  local address
  address=$(sed -n 's/^ *advertiseAddress: //p' "$conf" | tr -d '"' | head -n 1)
  sed -i -E "s|^( *)image: .*coredns.*|&\n\1env:\n\1- { name: KUBERNETES_SERVICE_HOST, value: '$address' }\n\1- { name: KUBERNETES_SERVICE_PORT, value: '$port' }|" "$here/manifests/coredns.yaml"
}
