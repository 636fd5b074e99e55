#!/bin/sh
# Prints the images of a node that match filters, and ends when the node has each wanted image under its name. Otherwise
# what follows is node-facts.sh, which stands behind this text: one command on the node for all, since each `docker exec`
# costs more than what it runs.
#
# Arguments: the snapshotter, lines of name and id of the wanted images, filters.
set -e
snapshotter=$1 wanted=$2
shift 2
images=$(ctr -n k8s.io images ls "$@")
echo "$images"
# See `isPresent` in plan-load.ts.
is_present() {
  echo "$images" | awk -v name="$1" -v id="$2" '
    $1 == name { target = $3; if (index($0, id)) found = 1 }
    $1 == id { same = $3 }
    END { exit !(found || target != "" && target == same) }'
}
echo "$wanted" | while read -r name id; do is_present "$name" "$id" || exit 1; done && exit
echo "--8<--"
set -- "$snapshotter"
