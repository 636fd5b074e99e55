# File trees of Debian packages. Needs common.sh and image.sh.

# debian_sources SUITE: apt sources of that Debian suite, derived from the mirror this machine's own apt uses. Prints
# nothing on a machine without Debian sources (Ubuntu): mmdebstrap then takes its own default.
debian_sources() {
  local wanted=$1 own repository suite component signed_by
  [[ $(. /etc/os-release && echo "$ID") == debian ]] || return 0
  own=$(. /etc/os-release && echo "$VERSION_CODENAME")
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT) $(SIGNED_BY)' 'Identifier: Packages' | sort -u |
    while read -r repository suite component signed_by; do
      [[ $component == main && $suite == "$own"* ]] || continue
      local options=""
      if [[ $signed_by == /* ]]; then options="[signed-by=$signed_by] "; fi
      echo "deb $options$repository ${suite/#$own/$wanted} $component"
    done
}

# debian_tree NAME SUITE VARIANT PACKAGES HOOK: prints the path of a tar of that Debian tree. VARIANT is mmdebstrap's
# ("essential": a small system; "extract": the packages' files and nothing else), PACKAGES has commas between, and HOOK is a
# bash function that gets the tree's folder before it is packed.
debian_tree() {
  local name=$1 suite=$2 variant=$3 packages=$4 hook=$5 hash
  hash=$({ echo "$suite $variant $packages" && declare -f "$hook" build_debian_tree && dpkg --print-architecture; } | sha256sum | cut -c1-16)
  local folder
  folder=$(in_cache debian "$name-$suite-$hash" build_debian_tree "$suite" "$variant" "$packages" "$hook")
  echo "$folder/tree.tar"
}

build_debian_tree() {
  local suite=$1 variant=$2 packages=$3 hook=$4 output=$5
  need_debian_packages mmdebstrap debian-archive-keyring ca-certificates
  say "Unpacking Debian $suite: $packages."
  local started=$SECONDS hook_script=$output/hook
  {
    echo '#!/bin/bash'
    echo 'set -euo pipefail'
    declare -f "$hook"
    echo "$hook \"\$1\""
  } >"$hook_script"
  chmod 755 "$hook_script" "$output"
  local options=(--quiet "--variant=$variant" "--include=$packages" --format=tar
    # The engine makes /dev; the caches and logs of the build are of no use.
    --skip=output/dev
    # Texts nobody reads inside a container. The licences stay.
    '--dpkgopt=path-exclude=/usr/share/doc/*' '--dpkgopt=path-include=/usr/share/doc/*/copyright'
    '--dpkgopt=path-exclude=/usr/share/man/*' '--dpkgopt=path-exclude=/usr/share/info/*' '--dpkgopt=path-exclude=/usr/share/locale/*'
    '--dpkgopt=path-exclude=/usr/share/lintian/*' '--dpkgopt=path-exclude=/usr/share/bug/*')
  if [[ $variant == extract ]]; then
    # This variant ends before the customize step, and needs /etc/apt for a last time after the hook.
    options+=("--extract-hook=$hook_script \"\$1\"" --skip=cleanup/apt --skip=cleanup/reproducible)
  else
    options+=("--customize-hook=$hook_script \"\$1\"")
  fi
  # A system whose /bin is /usr/bin from the start. (Left to itself, bookworm's usrmerge moves the files with 60 MB of Perl.)
  if [[ $variant != extract ]]; then
    options+=(--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr --include=usr-is-merged)
  fi
  # Maintainer scripts (of openjdk, for one) fail where the folders of the pages are missing.
  options+=('--setup-hook=mkdir -p "$1"/usr/share/man/man1')
  local sources
  sources=$(debian_sources "$suite")
  if [[ -n $sources ]]; then
    SOURCE_DATE_EPOCH=0 mmdebstrap "${options[@]}" "$suite" "$output/tree.tar" - <<<"$sources"
  else
    SOURCE_DATE_EPOCH=0 mmdebstrap "${options[@]}" "$suite" "$output/tree.tar" </dev/null
  fi || fail "mmdebstrap failed for $packages."
  rm -f "$hook_script"
  if [[ $variant == extract ]]; then tar --delete --file "$output/tree.tar" ./etc/apt; fi
  say "Unpacked Debian $suite in $((SECONDS - started)) s."
}

# ca_certificates: prints the path of a layer with the CA bundle where programs on an image without a distribution look for it.
ca_certificates() {
  local folder
  folder=$(in_cache debian ca-certificates-1 build_ca_certificates)
  echo "$folder/tree.tar"
}

build_ca_certificates() {
  local output=$1 unpacked=$1/unpacked
  mkdir "$unpacked"
  (cd "$unpacked" && apt-get -qq download ca-certificates 2>/dev/null && dpkg-deb -x ca-certificates_*.deb .) ||
    fail "apt-get could not download the package ca-certificates." "apt-get update   # and run this again"
  # What update-ca-certificates does, without the machine's own additions.
  mkdir -p "$output/tree/etc/ssl/certs"
  cat "$unpacked"/usr/share/ca-certificates/mozilla/*.crt >"$output/tree/etc/ssl/certs/ca-certificates.crt"
  make_layer "$output/tree" "$output/tree.tar"
  rm -rf "$unpacked" "$output/tree"
}
