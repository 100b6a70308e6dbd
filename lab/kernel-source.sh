# Kernels that the lab builds itself, from Debian's linux-source-6.12 and a file of settings, once: the result stays in
# the cache under a hash of the source's version, the settings and the compiler. A build that was interrupted goes on
# where it stopped. Source after lib.sh and apt.sh.
# shellcheck shell=bash

export ARCH=arm64 CROSS_COMPILE=$CROSS
SOURCE=linux-source-6.12

# settings: prints those of SETTINGS, without comments.
settings() {
  grep '^CONFIG_' "$SETTINGS"
}

# cache_key: prints what the result depends on, as a hash.
cache_key() {
  {
    basename "$PACKAGE_FILE"
    settings
    "${CROSS}gcc" --version
  } | sha256sum | cut -c 1-16
}

unpack_source() {
  dpkg -x "$PACKAGE_FILE" "$work/package"
  tar -x -f "$work/package/usr/src/$SOURCE.tar.xz" -C "$work"
  rm -rf "$work/package"
  mv "$work/$SOURCE" "$work/source"
}

# configure: Kconfig drops without a word what it does not know or what lacks something else.
configure() {
  local lost
  make -s -C "$work/source" KCONFIG_ALLCONFIG="$SETTINGS" allnoconfig
  lost=$(settings | grep -vxFf "$work/source/.config") || return 0
  printf 'settings of %s that the kernel does not take:\n%s\n' "$SETTINGS" "$lost"
  return 1
}

# how_far: prints the number of compiled files.
how_far() {
  printf '%d files' "$(find "$work/source" -name '*.o' | wc -l)"
}

# build_targets TARGET...
build_targets() {
  configure && nice make -s -C "$work/source" -j "$(nproc)" "$@"
}

# keep_image: puts into $work/result what every kernel leaves; the tree itself is too large for the cache.
keep_image() {
  mkdir -p "$work/result"
  cp "$work/source/arch/arm64/boot/Image" "$work/result/Image"
  cp "$work/source/include/config/kernel.release" "$work/result/release"
}

# build_from_source NAME HOW_LONG TARGET...: builds the kernel NAME with SETTINGS unless the cache has it, and sets SOURCE_HOME
# to its place there. keep_result, of the caller, fills $work/result.
build_from_source() {
  local name=$1 how_long=$2 command
  shift 2
  for command in flex bison bc; do
    require_command "$command" "$command"
  done
  fetch_package bookworm-backports "$SOURCE" all
  SOURCE_HOME=$CACHE/kernels/$name-$(cache_key)
  work=$SOURCE_HOME.partial
  # The build takes long: other clones may fetch meanwhile, but not build the same.
  exec 8>&-
  mkdir -p "$CACHE/kernels"
  exec 7>"$CACHE/kernels/lock"
  flock 7
  # What was left of another build is of no use any longer.
  find "$CACHE/kernels" -maxdepth 1 -name "$name-*.partial" -not -path "$work" -exec rm -rf {} +
  if [[ ! -d $SOURCE_HOME ]]; then
    mkdir -p "$work"
    [[ -d $work/source ]] || step "source of the $name kernel" unpack_source
    HOW_FAR=how_far step "$name kernel ($how_long)" build_targets "$@"
    keep_result
    mv "$work/result" "$SOURCE_HOME"
    rm -rf "$work"
  fi
}
