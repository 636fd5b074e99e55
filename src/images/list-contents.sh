#!/bin/sh
# Prints what a node's containerd keeps: images, contents, snapshots of the snapshotter $1, and their sizes.
set -e
ctr -n k8s.io images ls
echo "--8<--"
ctr -n k8s.io content ls
echo "--8<--"
ctr -n k8s.io snapshots --snapshotter "$1" ls
echo "--8<--"
ctr -n k8s.io snapshots --snapshotter "$1" usage -b
