# The lab machine: what QEMU emulates and where things lie in its physical memory. Source after lib.sh.
# shellcheck shell=bash disable=SC2034

. "$ROOT/lab/kernel.sh"

# Physical addresses and sizes in hexadecimal. gzhyp is linked for its address; the host kernel follows it.
GZHYP_BASE=40000000
GZHYP_SIZE=2000000
HOST_KERNEL_BASE=42000000

LAB_CPUS=${LAB_CPUS:-2}
LAB_MEMORY=${LAB_MEMORY:-2G}
# Anything but nothing: time is counted in instructions, so that two boots are the same to the byte. How QEMU deals time
# out to two CPUs is not, so that there is one.
LAB_ICOUNT=${LAB_ICOUNT:-}
if [[ -n $LAB_ICOUNT ]]; then
  LAB_CPUS=1
fi
# gzhyp, or none: the host kernel is entered at EL2 and has /dev/kvm.
LAB_HYP=${LAB_HYP:-gzhyp}
# More options for QEMU, split at spaces.
LAB_QEMU_OPTIONS=${LAB_QEMU_OPTIONS:-}
# The file whose lock a running machine holds.
LAB_LOCK=${LAB_LOCK:-${TMPDIR:-/tmp}/jinn-qemu.lock}

LAB_DTB=$BUILD/lab/$LAB_CPUS-$LAB_MEMORY.dtb

# The last four make system calls and page faults under TCG several times faster.
HOST_CMDLINE="console=ttyAMA0 loglevel=4 panic=-1 mitigations=off nokaslr kpti=off randomize_kstack_offset=off"

# machine_options CPUS MEMORY: fills the array MACHINE_OPTIONS with QEMU's options for the bare machine.
machine_options() {
  MACHINE_OPTIONS=(
    -M 'virt,gic-version=3,virtualization=on' -cpu cortex-a72 -smp "$1" -m "$2"
    -display none -nic none -no-reboot
  )
}

# boot_options INITRD: fills the array BOOT_OPTIONS with what is loaded: gzhyp, the host kernel, INITRD.
boot_options() {
  local extra
  BOOT_OPTIONS=(-initrd "$1" -append "$HOST_CMDLINE${LAB_CMDLINE:+ $LAB_CMDLINE}")
  case $LAB_HYP in
    gzhyp)
      BOOT_OPTIONS+=(
        -kernel "$BUILD/hyp/gzhyp.bin" -dtb "$LAB_DTB"
        -device "loader,file=$KERNEL/Image,addr=0x$HOST_KERNEL_BASE,force-raw=on"
      )
      ;;
    none)
      BOOT_OPTIONS+=(-kernel "$KERNEL/Image")
      ;;
    *)
      die "LAB_HYP: $LAB_HYP is neither gzhyp nor none"
      ;;
  esac
  if [[ -n $LAB_ICOUNT ]]; then
    BOOT_OPTIONS+=(-icount 'shift=0,sleep=off' -seed 1 -rtc 'base=2020-01-01,clock=vm')
  fi
  read -ra extra <<<"$LAB_QEMU_OPTIONS"
  BOOT_OPTIONS+=("${extra[@]}")
}

# require_boot_files: stops with the remedy when something to load has not been built.
require_boot_files() {
  local file files=("$KERNEL/Image")
  if [[ $LAB_HYP == gzhyp ]]; then
    files+=("$BUILD/hyp/gzhyp.bin" "$LAB_DTB")
  fi
  for file in "${files[@]}"; do
    [[ -s $file ]] || die "cannot find $file: run make image LAB_KERNEL=$LAB_KERNEL"
  done
}

# piece_file PIECE: prints the file of a part of the host's system. A path stands for itself.
piece_file() {
  case $1 in
    */*) printf '%s\n' "$1" ;;
    kmod) printf '%s\n' "$KMOD_PIECE" ;;
    *) printf '%s\n' "$BUILD/lab/$1.cpio" ;;
  esac
}

# join_pieces OUTPUT PIECE...: writes the host's initramfs, the parts one after the other.
join_pieces() {
  local output=$1 piece files=()
  shift
  for piece in "$@"; do
    piece=$(piece_file "$piece")
    [[ -s $piece ]] || die "cannot find $piece: run make image LAB_KERNEL=$LAB_KERNEL"
    files+=("$piece")
  done
  cat "${files[@]}" >"$output"
}

# pack DIRECTORY OUTPUT: writes the tree as a cpio archive that the kernel unpacks.
pack() {
  (cd "$1" && find . -mindepth 1 -print0 | sort -z |
    cpio --null --create --format=newc --owner=0:0 --reproducible --quiet) >"$2.partial"
  mv "$2.partial" "$2"
}

# add_run_piece WORK COMMAND FILE[:PATH]...: writes WORK/run.cpio, what one run adds to the host: /lab/command and files.
add_run_piece() {
  local work=$1 file path tree=$1/tree
  mkdir -p "$tree/lab"
  printf '%s\n' "$2" >"$tree/lab/command"
  shift 2
  for file in "$@"; do
    path=/lab/$(basename "$file")
    if [[ $file == *:* ]]; then
      path=${file#*:} file=${file%%:*}
    fi
    [[ -f $file ]] || die "cannot find the file $file"
    mkdir -p "$tree$(dirname "$path")"
    cp "$file" "$tree$path"
  done
  # With counted time a date is instructions: those that read its digits.
  find "$tree" -exec touch --date=@0 {} +
  pack "$tree" "$work/run.cpio"
}

# wait_for_machine: two emulated machines at once starve each other, so a second one waits for the first. A container may
# not write the lock that it shares with others.
wait_for_machine() {
  [[ -e $LAB_LOCK ]] || : >>"$LAB_LOCK"
  exec 9<"$LAB_LOCK"
  if ! flock --nonblock 9; then
    say "waiting for another lab machine to end"
    run_and_wait flock 9
  fi
}

# run_and_wait COMMAND...: in the background, because bash answers signals only when no command runs in the foreground.
run_and_wait() {
  "$@" &
  HELPER_PID=$!
  wait "$HELPER_PID"
  HELPER_PID=''
}

# reported_exit_code LOG: prints the exit code that the host's first process wrote to the console, 125 when there is none.
reported_exit_code() {
  local code
  code=$(sed -n 's/^lab: exit \([0-9]*\)\r*$/\1/p' "$1" | tail -n 1)
  printf '%s\n' "${code:-125}"
}

# quote TEXT: prints TEXT as one word for the host's shell.
quote() {
  printf "'%s'" "${1//\'/\'\\\'\'}"
}

# stop_machine: ends QEMU, if it runs, and waits for it. The scripts keep its process id in QEMU_PID, that of a command
# that they wait for in HELPER_PID.
QEMU_PID='' HELPER_PID=''
stop_machine() {
  if [[ -n $HELPER_PID ]]; then
    kill "$HELPER_PID" 2>/dev/null || true
  fi
  if [[ -n $QEMU_PID ]]; then
    kill "$QEMU_PID" 2>/dev/null || true
    wait "$QEMU_PID" 2>/dev/null || true
    QEMU_PID=''
  fi
}

# exit_on_signals: turns signals into an exit, so that the trap for EXIT cleans up.
exit_on_signals() {
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
}
