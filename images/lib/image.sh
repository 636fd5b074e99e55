# Layers and Docker images. Needs common.sh and go.sh.

# make_layer FOLDER TAR: the folder as an image layer: everything owned by root, no times, so the same files give the same layer.
make_layer() { tar --create --file "$2" --directory "$1" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=gnu .; }

# load_image CONFIG LAYER...: puts an image made of these layers into the engine under the tags in $image_tags. CONFIG is the
# "config" object of the image (https://github.com/opencontainers/image-spec/blob/main/config.md#properties), as JSON.
# The engine builds nothing itself: no builder, no base image and no registry are needed, and every engine since 1.10 loads this.
load_image() {
  local config=$1 archiver tags=() tag
  shift
  archiver=$(go_binaries "$images_folder/lib/docker-archive")/docker-archive
  for tag in "${image_tags[@]}"; do tags+=(-tag "$tag"); done
  "$archiver" -config "$config" -label "dev.airfield.component=$component" -label "dev.airfield.content-hash=$content_hash" "${tags[@]}" "$@" |
    docker load --quiet >&2
}
