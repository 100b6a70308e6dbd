# What is distributed, where it is made, and how to make it the same each time. Source after lib.sh.
# shellcheck shell=bash disable=SC2034

DIST=$BUILD/dist
DIST_VERSION=$(sed -n 's,^    <version>\(.*\)</version>,\1,p' "$ROOT/pom.xml" | head -n 1)
DEBIAN_VERSION=$(tr '[:upper:]' '[:lower:]' <<<"${DIST_VERSION/-SNAPSHOT/~snapshot}")
DIST_ARCHITECTURES=(x86_64 aarch64)

# All files have the time that the jars' entries have.
SOURCE_DATE_EPOCH=$(date --date "$(sed -n 's,.*<project.build.outputTimestamp>\(.*\)</.*,\1,p' "$ROOT/pom.xml")" +%s)
export SOURCE_DATE_EPOCH

# date_files DIRECTORY: gives all files that time; what has no reason for other rights can be read by all.
date_files() {
  find "$1" -exec touch --no-dereference --date="@$SOURCE_DATE_EPOCH" {} +
}

# pack_tarball DIRECTORY NAME OUTPUT: the directory as NAME.
pack_tarball() {
  tar --create --directory="$1" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner \
    --format=gnu --use-compress-program='zstd -T2 -10 -q' --file="$3.partial" "$2"
  mv "$3.partial" "$3"
}

# debian_architecture ARCHITECTURE
debian_architecture() {
  case $1 in
    x86_64) printf 'amd64\n' ;;
    aarch64) printf 'arm64\n' ;;
    *) die "no package is made for $1" ;;
  esac
}

# newest_glibc DIRECTORY: prints the version of the C library that the programs and libraries in it need.
newest_glibc() {
  find "$1" -type f \( -name '*.so*' -o -perm /111 \) -exec objdump -T {} + 2>/dev/null |
    sed -n 's/.*[( ]GLIBC_\([0-9.]*\)).*/\1/p' | sort -Vu | tail -n 1
}
