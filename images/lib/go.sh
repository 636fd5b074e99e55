# Go programs from go.mod files. Needs common.sh.

# go_binaries MODULE_FOLDER: prints the folder with the static binaries of the module, building them when they are not cached.
# The module folder has go.mod, go.sum and "flags", a bash file that may set: packages, tags, ldflags, static_cgo,
# debian_packages and output_name.
go_binaries() {
  local module=$1
  command -v go >/dev/null || fail "Building images needs Go 1.21 or newer." "Install it from https://go.dev/dl/ and run this again."
  # lib/go.sh is part of the hash, since it has flags too; the Go version, since its standard library is inside.
  local hash
  hash=$(cd "$module" && { hash_of_files . && sha256sum <"$images_folder/lib/go.sh" && go version; } | sha256sum | cut -c1-16)
  in_cache go "$(basename "$module")-$hash" build_go_module "$module"
}

build_go_module() {
  local module=$1 output=$2
  local packages=() tags="" ldflags=(-s -w) static_cgo="" debian_packages=() output_name=""
  # shellcheck source=/dev/null
  . "$module/flags"
  ((${#debian_packages[@]} == 0)) || need_debian_packages "${debian_packages[@]}"
  local cgo=0
  if [[ $static_cgo == yes ]]; then
    need_debian_packages gcc libc6-dev
    cgo=1
    ldflags+=(-linkmode external -extldflags -static)
  fi
  say "Building $(basename "$module") with $(go env GOVERSION)."
  local started=$SECONDS
  # The user's own Go settings (a workspace, a vendor flag, another GOOS) must not leak into what we build.
  (
    cd "$module"
    env -u GOOS -u GOARCH -u GOEXPERIMENT -u GOAMD64 -u GOARM64 -u CGO_CFLAGS -u CGO_LDFLAGS -u CC GOFLAGS= GOWORK=off CGO_ENABLED=$cgo \
      go build -mod=readonly -trimpath -buildvcs=false -tags "$tags" -ldflags "${ldflags[*]}" -o "$output/$output_name" "${packages[@]}"
  ) || fail "go build of $(basename "$module") failed."
  say "Built $(basename "$module") in $((SECONDS - started)) s."
}
