# Sourced by the other scripts: where things are, and how packages come.

set -euo pipefail
top="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$top"

say() { printf '\n== %s\n' "$*"; }
die() { printf 'error: %s\n' "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "packages are missing, and this is neither root nor is there sudo; install by hand: $*"
  fi
}

# install_packages FILE...: what the lists name and this machine lacks.
install_packages() {
  local wanted missing=()
  wanted="$(grep -hv '^#' "$@")"
  for package in $wanted; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null |
      grep -q '^install ok installed$' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  say "Installing ${#missing[@]} Debian packages: ${missing[*]}"
  as_root apt-get update -q >/dev/null
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q \
    --no-install-recommends "${missing[@]}" >/dev/null
}

# build PRESET [TARGET...]: configure when needed, then build.
build() {
  local preset="$1"
  shift
  # Only the tools in packages.txt; objects are shared between presets' trees.
  export CCACHE_NOHASHDIR=1 CCACHE_BASEDIR="$top"
  cmake --preset "$preset" -DCMAKE_CXX_COMPILER_LAUNCHER=ccache >build-configure.log 2>&1 ||
    { cat build-configure.log >&2; rm -f build-configure.log; die "configure of $preset failed"; }
  rm -f build-configure.log
  cmake --build --preset "$preset" ${1:+--target "$@"}
}
