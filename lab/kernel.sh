# The host kernel that LAB_KERNEL names, and where what is built for it lies. Source after lib.sh.
# shellcheck shell=bash disable=SC2034

LAB_KERNEL=${LAB_KERNEL:-6.12}

# KERNEL_SUITE: the Debian suite that the kernel comes from. KERNEL_RELEASES: a regular expression for its releases; the
# newest is taken.
case $LAB_KERNEL in
  6.12 | debug) KERNEL_SUITE=bookworm-backports KERNEL_RELEASES='6\.12\.[^-]*' ;;
  6.1) KERNEL_SUITE=bookworm KERNEL_RELEASES='6\.1\.0-[0-9]+' ;;
  sid) KERNEL_SUITE=sid KERNEL_RELEASES='[0-9.]+\+[^-]*' ;;
  *) die "LAB_KERNEL: $LAB_KERNEL is none of 6.12, 6.1, sid and debug" ;;
esac

# KERNEL holds Image, release, kdir (for modules) and compiler; KMOD the module; KMOD_PIECE is the part of the host's
# system with it. VERSIONS keeps the packages' versions: one name may come from two suites.
if [[ $LAB_KERNEL == 6.12 ]]; then
  KERNEL=$BUILD/kernel
  KMOD=$BUILD/kmod
  KMOD_PIECE=$BUILD/lab/kmod.cpio
  KERNEL_VERSIONS=$VERSIONS
else
  KERNEL=$BUILD/kernels/$LAB_KERNEL
  KMOD=$KERNEL/kmod
  KMOD_PIECE=$KERNEL/kmod.cpio
  KERNEL_VERSIONS=$BUILD/lab/versions-$LAB_KERNEL
fi
