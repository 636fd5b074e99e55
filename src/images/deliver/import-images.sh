#!/bin/sh
# Imports the archive on stdin into a node.
#
# --platform and not --all-platforms, which fails on images whose other platforms are not there; no --digests, which
# leaves records named "import-DATE@sha256:…" (https://github.com/kubernetes-sigs/kind/issues/4028).
# What is known only when the images are comes first on stdin: a line of flags, and one with the names of images that are
# to be labelled afterwards, each with the id that it is to be known again by ("-" where its own does). What is printed
# names the images that were made, to check by.
#
# Arguments: snapshotter, platform, flags, the label of images that were loaded, the label of their source.
set -e
snapshotter=$1 platform=$2 flags=$3 loaded_label=$4 source_label=$5
read -r labels
read -r later
# Lists of words.
# shellcheck disable=SC2086
ctr -n k8s.io images import $flags $labels --snapshotter "$snapshotter" --platform "$platform" -
# shellcheck disable=SC2086
set -f -- $later
while [ $# -gt 0 ]; do
  target=
  if [ "$2" != - ]; then
    target=$(ctr -n k8s.io images ls "name==$1" | awk -v name="$1" '$1 == name { print $3 }')
  fi
  ctr -n k8s.io images label "$1" "$loaded_label=true" ${target:+"$source_label=$2/$target"} >&2
  shift 2
done
