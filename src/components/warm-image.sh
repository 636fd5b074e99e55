#!/bin/bash
# Run in a node of the plain image: unpacks every image of containerd's store and leaves the store in the container's own
# file system, from which the engine makes the warm image.
#
# /var is a volume, which an engine fills from the image at every start of a node and leaves out of an image made of it.
# So what is big (unpacked images, large blobs) goes to /opt, and /var gets symbolic links to it: half a megabyte to copy
# instead of hundreds. overlayfs takes lower directories behind links. The file system below the volume is reached by
# binding / without what is mounted on it.
#
# Argument: the label of images that were loaded into the node.
set -Eeuo pipefail
loaded_label=$1
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
# What was loaded into the maker is the node's own from its start: nobody may prune it. Packed as well it would take its
# place twice; the node image's own images stay packed, too, for those who export them.
ctr -n k8s.io images ls "labels.\"$loaded_label\"==true" | sed 1d | while read -r name _ digest _; do
  ctr -n k8s.io images label "$name" "$loaded_label=" >/dev/null
  for layer in $(ctr -n k8s.io content get "$digest" | tr -d ' \n' | grep -oE '"layers":.*' | grep -oE 'sha256:[0-9a-f]{64}'); do
    ctr -n k8s.io content rm "$layer" >/dev/null
    # What containerd would do at its next garbage collection.
    rm -f $store/$blobs/"${layer#sha256:}"
  done
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
for snapshot in "$store/$snapshotter"/snapshots/*; do
  ln -s $warm/snapshots/"$(basename "$snapshot")" $under$store/$snapshotter/snapshots/
done
for blob in "$store/$blobs"/*; do
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
