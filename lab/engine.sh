# The container engine: a Docker or Podman that runs, else a Docker daemon of our own. Source after lib.sh.
# shellcheck shell=bash

# Where our own daemon lives: its socket's path has to be short, its images stay from run to run.
ENGINE_RUN=${JINN_ENGINE_RUN:-/run/jinn-engine-$(printf '%s' "$BUILD" | cksum | cut -d ' ' -f 1)}
ENGINE_DATA=$BUILD/engine
ENGINE_STARTED=''

# engine_sockets: prints the places where an engine may listen, one a line.
engine_sockets() {
  local user
  user=$(id -u)
  [[ -z ${DOCKER_HOST:-} ]] || printf '%s\n' "$DOCKER_HOST"
  printf 'unix://%s\n' "$ENGINE_RUN/docker.sock" /var/run/docker.sock "/run/user/$user/docker.sock" \
    /run/podman/podman.sock "/run/user/$user/podman/podman.sock"
}

# engine ARGUMENT...: the client, with the engine that DOCKER_HOST names. The classic builder needs no plug-in; Podman's own
# format of images has no health check.
engine() {
  if command -v docker >/dev/null; then
    DOCKER_BUILDKIT=0 DOCKER_CLI_HINTS=false docker "$@"
  else
    BUILDAH_FORMAT=docker CONTAINER_HOST=$DOCKER_HOST podman --remote "$@"
  fi
}

# find_engine: sets DOCKER_HOST to an engine that answers; fails when none does.
find_engine() {
  local socket
  command -v docker >/dev/null || command -v podman >/dev/null || return 1
  while read -r socket; do
    if DOCKER_HOST=$socket engine version >/dev/null 2>&1; then
      export DOCKER_HOST=$socket
      return
    fi
  done < <(engine_sockets)
  return 1
}

# install_engine: Debian's package; its own service may start with it.
install_engine() {
  apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends docker.io
}

# launch_engine: without bridge and packet filter: no container of ours has a network.
launch_engine() {
  mkdir -p "$ENGINE_RUN" "$ENGINE_DATA" "$LOGS"
  rm -f "$ENGINE_RUN/docker.pid"
  setsid dockerd --bridge=none --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false \
    --userland-proxy=false --data-root "$ENGINE_DATA" --exec-root "$ENGINE_RUN/exec" \
    --pidfile "$ENGINE_RUN/docker.pid" --host "unix://$ENGINE_RUN/docker.sock" \
    >"$LOGS/engine.log" 2>&1 </dev/null 9<&- &
}

# start_engine: installs, when it can, and starts a daemon of our own; fails when that does not work.
start_engine() {
  local tries pid
  ((EUID == 0)) || return 1
  if ! command -v dockerd >/dev/null; then
    step 'installing a container engine: docker.io' install_engine
    ! find_engine || return 0
  fi
  launch_engine
  pid=$!
  for ((tries = 0; tries < 100; tries++)); do
    if find_engine; then
      ENGINE_STARTED=yes
      return
    fi
    kill -0 "$pid" 2>/dev/null || return 1
    sleep 0.2
  done
  return 1
}

# use_engine: sets DOCKER_HOST to an engine, a running one or our own. Fails with the remedy when none can be had.
use_engine() {
  try_engine || die 'there is no container engine: start Docker or Podman, set DOCKER_HOST, or run as root where dockerd may run'
}

try_engine() {
  find_engine || start_engine
}

# stop_own_engine: ends the daemon if this script has started it.
stop_own_engine() {
  local pid
  [[ -n $ENGINE_STARTED ]] || return 0
  ENGINE_STARTED=''
  pid=$(cat "$ENGINE_RUN/docker.pid" 2>/dev/null) || return 0
  kill "$pid" 2>/dev/null || return 0
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.1
  done
  rm -rf "$ENGINE_RUN"
}
