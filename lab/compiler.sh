# The cross compiler that a kernel was built with. Source after apt.sh.
# shellcheck shell=bash

# package_closure SUITE PACKAGE...: prints the amd64 packages that the PACKAGEs need, with themselves.
package_closure() {
  local suite=$1
  shift
  open_suite "$suite"
  apt-get "${SUITE_OPTIONS[@]}" install --no-install-recommends --simulate "${@/%/:amd64}" |
    sed -n 's/^Inst \([^ ]*\) .*\[amd64\]).*/\1/p'
}

# use_libraries LIBRARIES DIRECTORY...: tells the programs below the DIRECTORYs that their C library is in LIBRARIES.
use_libraries() {
  local libraries=$1 file
  shift
  while read -r file; do
    if patchelf --print-interpreter "$file" >/dev/null 2>&1; then
      patchelf --set-interpreter "$libraries/ld-linux-x86-64.so.2" --force-rpath --set-rpath "$libraries" "$file"
    fi
  done < <(find "$@" -type f -perm /111)
}

# unpack_compiler SUITE NAME HOME: HOME/usr/bin has the programs, HOME/libraries all libraries that they need. pahole is
# not used, but Kbuild warns when there is none.
unpack_compiler() {
  local names package work=$3.partial
  rm -rf "$work"
  mapfile -t names < <(package_closure "$1" "$2" pahole)
  ((${#names[@]} > 0)) || die "apt cannot tell which packages of Debian $1 the compiler $2 needs"
  for package in "${names[@]}"; do
    unpack_package "$1" "$package" amd64 "$work"
  done
  mkdir "$work/libraries"
  find "$work" -name '*.so*' -path '*x86_64-linux-gnu*' -not -path '*/gconv/*' -exec cp -a -t "$work/libraries" {} +
  use_libraries "$3/libraries" "$work/usr/bin" "$work/usr/libexec"
  mv "$work" "$3"
}

# fetch_compiler SUITE NAME KBUILD: sets COMPILER to the folder of aarch64-linux-gnu-NAME: the machine's own, or that of
# SUITE, in the cache. SUITE's programs want a newer C library than Debian 12 has, and so do those of Kbuild, which are in
# the folder KBUILD.
fetch_compiler() {
  local package=$2-${CROSS%-} home
  COMPILER=$(dirname "$(command -v "$CROSS$2" || true)")
  [[ $COMPILER == . ]] || return 0
  require_command patchelf patchelf
  fetch_package "$1" "$package" amd64
  home=$CACHE/compilers/$(basename "$PACKAGE_FILE" .deb)
  COMPILER=$home/usr/bin
  [[ -d $home ]] || unpack_compiler "$1" "$package" "$home"
  use_libraries "$home/libraries" "$3"
}
