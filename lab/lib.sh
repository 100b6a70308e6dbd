# Shared by the scripts of this folder: places, messages, locks. Source it, do not run it.
# shellcheck shell=bash disable=SC2034,SC2120

set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=${JINN_BUILD:-$ROOT/build}
CACHE=${JINN_CACHE:-$HOME/.cache/jinn}
LOGS=$BUILD/lab/logs
VERSIONS=$BUILD/lab/versions
CROSS=aarch64-linux-gnu-

say() {
  printf 'lab: %s\n' "$*" >&2
}

die() {
  printf 'lab: %s\n' "$*" >&2
  exit 1
}

# require_command COMMAND PACKAGE: stops with the remedy when COMMAND is missing.
require_command() {
  command -v "$1" >/dev/null || die "cannot find the command $1: install $2, or run lab/install"
}

# last_line LOG: prints the last line of LOG without control characters: how far a step has come.
last_line() {
  tail -n 1 "$1" 2>/dev/null | tr -d '[:cntrl:]' | cut -c 1-60
}

# tick TEXT STARTED LOG: shows how far the step has come and the elapsed time on the terminal, until it is killed or
# the script is gone (Ctrl-C does not reach what runs in the background).
tick() {
  while sleep 1 && kill -0 $$ 2>/dev/null; do
    printf '\r\033[Klab: %s ... %d s  %s' "$1" $((SECONDS - $2)) "$("${HOW_FAR:-last_line}" "$3")" >&2
  done
}

# step TEXT COMMAND...: runs a long command with its output in a log file and one progress line on the terminal. The log
# is shown when the command fails. The function named by HOW_FAR, if set, prints how far the step has come. A function ends
# at its first failure, unless step itself is called where failures do not end the script: as a condition, or before ||.
step() {
  local text=$1 started=$SECONDS ticker='' log status
  shift
  mkdir -p "$LOGS"
  log=$LOGS/${text//[^a-zA-Z0-9._-]/-}.log
  printf 'lab: %s ...' "$text" >&2
  if [[ -t 2 ]]; then
    tick "$text" "$started" "$log" &
    ticker=$!
  else
    printf '\n' >&2
  fi
  # Not "|| status=$?": behind it bash would let a function go on after a failure.
  set +e
  (set -e && "$@") >"$log" 2>&1 </dev/null
  status=$?
  set -e
  if [[ -n $ticker ]]; then
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" 2>/dev/null || true
    printf '\r\033[K' >&2
  fi
  if ((status != 0)); then
    tail -n 40 "$log" >&2
    die "$text: failed with exit code $status, the whole log is $log"
  fi
  printf 'lab: %s: %d s\n' "$text" $((SECONDS - started)) >&2
}

# java_version HOME: prints the feature version of a JDK, 0 when it is not one.
java_version() {
  local version
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null || true)
  printf '%s\n' "${version:-0}"
}

# find_jdk [VERSION]: prints the home of the newest JDK from 22 on that has jlink, or of one of feature version VERSION.
# JAVA_HOME, PATH, the system and the cache are searched. Fails when there is none.
find_jdk() {
  local wanted=${1:-} home version best='' newest=21
  local homes=(/usr/lib/jvm/* "$CACHE"/jdk/* "${JAVA_HOME:-}")
  if command -v javac >/dev/null; then
    homes+=("$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")")
  fi
  for home in "${homes[@]}"; do
    [[ -x $home/bin/javac && -x $home/bin/jlink ]] || continue
    version=$(java_version "$home")
    if ((version > newest)) && [[ -z $wanted || $version == "$wanted" ]]; then
      best=$home newest=$version
    fi
  done
  [[ -n $best ]] && printf '%s\n' "$best"
}

# link_java JDK MODULE_PATH MODULES OUTPUT: links a runtime of the modules, without what only compilers and debuggers read.
# The modules of some of Debian's packages bring files of debug symbols: 600 MiB with 25.0.5.
link_java() {
  "$1/bin/jlink" --module-path "$2" --add-modules "$3" --strip-java-debug-attributes --no-header-files --no-man-pages \
    --exclude-files '**.debuginfo' --output "$4"
}

# use_jdk: lets Maven run on the JDK that the build has found: its formatter has to know the language level. Stops with
# the remedy when there is none.
use_jdk() {
  JAVA_HOME=$(find_jdk) || die "cannot find a JDK from 22 on: run lab/install"
  export JAVA_HOME
}
