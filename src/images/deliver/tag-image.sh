#!/bin/sh
# Gives the image $1 of a node the name $2 too, with the labels $3 and $4.
set -e
ctr -n k8s.io images tag --force "$1" "$2"
ctr -n k8s.io images label "$2" "$3" "$4"
