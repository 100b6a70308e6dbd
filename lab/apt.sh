# Debian packages of other suites and architectures, without touching the system's package database. Source after lib.sh.
# shellcheck shell=bash

# Two clones may share the cache: one at a time uses it.
mkdir -p "$CACHE"
exec 8>"$CACHE/lock"
flock 8

# mirror_uri: prints the mirror that this machine's apt takes Debian from.
mirror_uri() {
  local uri release
  while read -r uri release; do
    if [[ $release == bookworm ]]; then
      printf '%s\n' "$uri"
      return
    fi
  done < <(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages')
  die "apt names no mirror of Debian 12 (bookworm): add one to /etc/apt/sources.list"
}

# suite_options SUITE: fills the array SUITE_OPTIONS with the options that make apt use a database of its own.
suite_options() {
  local state=$CACHE/apt/$1
  SUITE_OPTIONS=(
    -o "Dir::State=$state" -o "Dir::State::lists=$state/lists" -o "Dir::State::status=$state/status"
    -o "Dir::Cache=$state/cache" -o "Dir::Etc::sourcelist=$state/sources.list" -o 'Dir::Etc::sourceparts=/dev/null'
    -o 'Dir::Etc::preferencesparts=/dev/null' -o 'Dir::Etc::preferences=/dev/null'
    -o 'APT::Architecture=amd64' -o 'APT::Architectures=amd64,arm64' -o 'Acquire::Languages=none'
    -o 'APT::Default-Release=' -o 'APT::Sandbox::User=root' -o 'APT::Update::Post-Invoke-Success=' -q
  )
}

# open_suite SUITE: makes SUITE's package lists available; they are fetched when older than a day.
open_suite() {
  local uri state=$CACHE/apt/$1
  suite_options "$1"
  if [[ -n $(find "$state/fetched" -mmin -1440 2>/dev/null) ]]; then
    return
  fi
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial"
  : >"$state/status"
  uri=$(mirror_uri)
  printf 'deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] %s %s main\n' "$uri" "$1" \
    >"$state/sources.list"
  step "package lists of $1" apt-get "${SUITE_OPTIONS[@]}" update
  touch "$state/fetched"
}

# package_names SUITE REGEX: prints the packages of SUITE whose names match.
package_names() {
  open_suite "$1"
  apt-cache "${SUITE_OPTIONS[@]}" pkgnames | grep -E "^$2\$" || true
}

# qualified_name PACKAGE ARCHITECTURE: prints the name as apt takes it, which has no architecture "all".
qualified_name() {
  if [[ $2 == all ]]; then
    printf '%s\n' "$1"
  else
    printf '%s:%s\n' "$1" "$2"
  fi
}

# newest_version SUITE PACKAGE ARCHITECTURE: prints the newest version.
newest_version() {
  local version
  open_suite "$1"
  version=$({ apt-cache "${SUITE_OPTIONS[@]}" show "$(qualified_name "$2" "$3")" 2>/dev/null || true; } |
    sed -n 's/^Version: //p' | sort -V | tail -n 1)
  [[ -n $version ]] || die "Debian $1 has no package $2 for $3"
  printf '%s\n' "$version"
}

# recorded_version PACKAGE ARCHITECTURE: prints the version that this build directory has settled on, if any.
recorded_version() {
  if [[ -f $VERSIONS ]]; then
    sed -n "s/^$1:$2 //p" "$VERSIONS"
  fi
}

# record_version PACKAGE ARCHITECTURE VERSION
record_version() {
  mkdir -p "$(dirname "$VERSIONS")"
  printf '%s:%s %s\n' "$1" "$2" "$3" >>"$VERSIONS"
}

# package_size SUITE NAME=VERSION: prints the bytes to download.
package_size() {
  open_suite "$1"
  apt-cache "${SUITE_OPTIONS[@]}" show "$2" | sed -n 's/^Size: //p' | head -n 1
}

# downloaded: prints how far the download into DOWNLOADS has come.
downloaded() {
  printf '%d of %d MB' $(($(du -sb "$DOWNLOADS" | cut -f 1) >> 20)) $((DOWNLOAD_SIZE >> 20))
}

# download_package SUITE NAME=VERSION FILE: leaves FILE complete or not at all.
download_package() {
  open_suite "$1"
  (cd "$DOWNLOADS" && apt-get "${SUITE_OPTIONS[@]}" download "$2")
  mv "$DOWNLOADS"/*.deb "$3"
}

# fetch_package SUITE PACKAGE ARCHITECTURE: sets PACKAGE_FILE to the package's file in the cache. The newest version is
# taken at the first fetch and recorded; later calls in the same build directory take the recorded one.
fetch_package() {
  local version name
  version=$(recorded_version "$2" "$3")
  if [[ -z $version ]]; then
    version=$(newest_version "$1" "$2" "$3")
    record_version "$2" "$3" "$version"
  fi
  mkdir -p "$CACHE/packages"
  PACKAGE_FILE=$CACHE/packages/$2_${version//:/%3a}_$3.deb
  if [[ ! -s $PACKAGE_FILE ]]; then
    name=$(qualified_name "$2" "$3")=$version
    DOWNLOADS=$PACKAGE_FILE.partial
    rm -rf "$DOWNLOADS"
    mkdir "$DOWNLOADS"
    DOWNLOAD_SIZE=$(package_size "$1" "$name")
    HOW_FAR=downloaded step "package $2 $version ($3)" download_package "$1" "$name" "$PACKAGE_FILE"
    rmdir "$DOWNLOADS"
  fi
}

# unpack_package SUITE PACKAGE ARCHITECTURE DIRECTORY
unpack_package() {
  fetch_package "$1" "$2" "$3"
  mkdir -p "$4"
  dpkg -x "$PACKAGE_FILE" "$4"
}
