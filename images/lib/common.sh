# Shared by images/build and what it sources. No side effects.

say() { printf 'images: %s\n' "$*" >&2; }

fail() {
  say "$1"
  shift
  (($# == 0)) || printf '  %s\n' "$@" >&2
  exit 1
}

# What took long to make, by content hash. Safe to delete at any time.
cache_folder() { printf '%s\n' "${AIRFIELD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/airfield}"; }

# hash_of_files FOLDER...: one hash over paths and contents. Modification times, owners and READMEs do not count, so a
# fresh clone has the same hash, and mending a sentence rebuilds nothing. The folders are relative to the working directory.
hash_of_files() {
  find "$@" -type f ! -name 'README*' ! -name '.*' ! -name '*~' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-64
}

# in_cache KIND NAME COMMAND...: prints the folder cache/KIND/NAME. When it is not there, COMMAND fills a folder
# (its path is the last argument) that then takes that place in one step: half of a result is never seen.
in_cache() {
  local folder
  folder=$(cache_folder)/$1/$2
  shift 2
  if [[ ! -d $folder ]]; then
    mkdir -p "${folder%/*}"
    (
      # Two builds at once: the second waits and finds the work done.
      exec 8>"$folder.lock"
      flock 8
      if [[ -d $folder ]]; then exit; fi
      local unfinished
      unfinished=$(mktemp -d "$folder.XXXXXX")
      trap 'rm -rf "$unfinished"' EXIT
      "$@" "$unfinished" >&2 8>&-
      chmod 755 "$unfinished"
      mv -T "$unfinished" "$folder"
      rm -f "$folder.lock"
    )
  fi
  printf '%s\n' "$folder"
}

# need_debian_packages PACKAGE...: installs those that are missing, and says so.
need_debian_packages() {
  local missing=() package
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true) == installed ]] || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then return; fi
  command -v apt-get >/dev/null || fail "Building images needs Debian or Ubuntu, for: ${missing[*]}" \
    "Where an image registry can be reached, nothing has to be built."
  local root=()
  [[ $(id -u) == 0 ]] || root=(sudo)
  say "Installing the packages ${missing[*]}."
  local output
  output=$({ "${root[@]}" apt-get update -qq && "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } 2>&1) ||
    fail "apt-get could not install ${missing[*]}:" "$output"
}
