#!/bin/sh
# Removes images of a node, by their names: those that are there. CRI removes the record named after the id when the last
# other one goes. --sync: the space is free when the command ends.
set -e
for name; do
  if ctr -n k8s.io images ls -q "name==$name" | grep -q .; then
    ctr -n k8s.io images rm --sync "$name"
  fi
done
