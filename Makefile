# Jinn: a virtual machine monitor in Java for GenieZone. `make help` lists what can be made.

CONFIG ?= configs/linux.json
JINN_OPTIONS ?=
LAB_CPUS ?= 2
LAB_MEMORY ?= 2G
LAB_KERNEL ?= 6.12
export LAB_CPUS LAB_MEMORY LAB_KERNEL
# How much the test of disks writes and compares.
DISK_MIB ?= 64
export DISK_MIB

STRESS_ROUNDS ?= 10000
LOAD_SECONDS ?= 600
# Fuzzing: seconds are for a machine that makes 500 calls in each.
FUZZ_CALLS ?= 1000000
FUZZ_SEED ?= $(shell date +%Y%m%d)
FUZZ_TIMEOUT = $$(($(FUZZ_CALLS) / 500 + 300))

BUILD := build
LAB := $(BUILD)/lab
DTB := $(LAB)/$(LAB_CPUS)-$(LAB_MEMORY).dtb
# The host kernel, and the part of the host's system that goes with it: as in lab/kernel.sh.
ifeq ($(LAB_KERNEL),6.12)
KERNEL := $(BUILD)/kernel/Image
KMOD := $(LAB)/kmod.cpio
else
KERNEL := $(BUILD)/kernels/$(LAB_KERNEL)/Image
KMOD := $(BUILD)/kernels/$(LAB_KERNEL)/kmod.cpio
endif
HOST := $(KERNEL) $(BUILD)/hyp/gzhyp.bin $(LAB)/base.cpio $(KMOD)
# What the C tests boot has no Java; the benchmark's machine has one CPU.
C_IMAGE := $(HOST) $(DTB)
# What the container image can boot: lab/make-container.
CONTAINER_DTBS := $(addprefix $(LAB)/,1-2G.dtb 2-2G.dtb 4-2G.dtb)
BENCH_IMAGE := $(HOST) $(LAB)/1-$(LAB_MEMORY).dtb
IMAGE := $(C_IMAGE) $(addprefix $(LAB)/,runtime.cpio jinn.cpio linux.cpio network.cpio)

files = $(shell find $(1) -type f 2>/dev/null)
UAPI := $(call files,kmod/include)

##@ Use
# What few configs need beside the parts of all.
RUN_PARTS = $(if $(filter %/protected.json,$(CONFIG)),$(LAB)/protected.cpio)
RUN_PARTS += $(if $(filter %/share.json %/all-devices.json,$(CONFIG)),$(LAB)/backends.cpio)

.PHONY: run
run: image $(RUN_PARTS) ## Boot the lab and run CONFIG (default configs/linux.json) with jinn; Ctrl-A X leaves
	@lab/run $(CONFIG) $(JINN_OPTIONS)

.PHONY: shell
shell: image ## Boot the lab to a shell of its host, where jinn is installed
	@lab/run --shell

##@ Build
.PHONY: build
build: image ## Build everything

.PHONY: image
image: $(IMAGE) ## Build what the lab boots: gzhyp, the host kernel and the parts of the host's system

.PHONY: tools
tools: ## Install the Debian packages that are missing (needs root)
	@lab/install

.PHONY: c-image
c-image: $(C_IMAGE)

FETCH_KERNEL := lab/fetch-kernel lab/kernel.sh lab/compiler.sh
$(BUILD)/kernel/Image: $(FETCH_KERNEL) | tools
	@LAB_KERNEL=6.12 lab/fetch-kernel

$(BUILD)/kernels/debug/Image: lab/make-debug-kernel lab/debug-kernel.config lab/kernel-source.sh lab/kernel.sh | tools
	@lab/make-debug-kernel

$(BUILD)/kernels/%/Image: $(FETCH_KERNEL) | tools
	@LAB_KERNEL=$* lab/fetch-kernel

$(LAB)/%.dtb: lab/make-dtb lab/machine.sh | tools
	@lab/make-dtb $(subst -, ,$*) $@

$(BUILD)/hyp/gzhyp.bin: $(call files,kmod/hyp) $(UAPI) | tools
	@lab/make-part 'hypervisor gzhyp' -C kmod/hyp OUT=$(CURDIR)/$(BUILD)/hyp
	@touch $@

DRIVER := $(call files,kmod/driver) $(UAPI) lab/make-driver
$(BUILD)/kmod/gzvm.ko: $(DRIVER) $(BUILD)/kernel/Image
	@LAB_KERNEL=6.12 lab/make-driver

$(BUILD)/kernels/%/kmod/gzvm.ko: $(DRIVER) $(BUILD)/kernels/%/Image
	@LAB_KERNEL=$* lab/make-driver

$(BUILD)/guests/built: $(call files,kmod/guests) | tools
	@lab/make-part 'bare-metal guests' -C kmod/guests OUT=$(CURDIR)/$(BUILD)/guests
	@touch $@

$(BUILD)/tests/built: $(call files,kmod/tests) $(call files,kmod/driver) $(UAPI) | tools
	@lab/make-part 'C tests' -C kmod/tests OUT=$(CURDIR)/$(BUILD)/tests
	@touch $@

$(LAB)/base.cpio: lab/make-base lab/host/init lab/host/diagnose | tools
	@lab/make-base

$(LAB)/runtime.cpio: lab/make-runtime | tools
	@lab/make-runtime

KMOD_PARTS := lab/make-kmod $(BUILD)/guests/built $(BUILD)/tests/built
$(LAB)/kmod.cpio: $(KMOD_PARTS) $(BUILD)/kmod/gzvm.ko
	@LAB_KERNEL=6.12 lab/make-kmod

$(BUILD)/kernels/%/kmod.cpio: $(KMOD_PARTS) $(BUILD)/kernels/%/kmod/gzvm.ko
	@LAB_KERNEL=$* lab/make-kmod

$(LAB)/jinn.cpio: lab/make-jinn lab/host/jinn lab/dist/RaiseClassVersion.java $(LAB)/runtime.cpio $(BUILD)/guests/built $(call files,pom.xml vmm-*/pom.xml vmm-*/src/main vmm-cli/examples/src vmm-cli/examples/pom.xml configs) | tools
	@lab/make-jinn

$(LAB)/backends.cpio: lab/make-backends | tools
	@lab/make-backends

$(LAB)/storage.cpio: lab/make-storage | tools
	@lab/make-storage

$(LAB)/linux.cpio: lab/make-linux $(call files,lab/guest) $(LAB)/base.cpio $(BUILD)/tests/built $(BUILD)/kernel/Image
	@lab/make-linux linux

$(BUILD)/guest-kernel/Image: lab/make-guest-kernel lab/kernel-source.sh lab/guest-kernel.config | tools
	@lab/make-guest-kernel

$(LAB)/protected.cpio: lab/make-linux $(call files,lab/guest) $(LAB)/base.cpio $(BUILD)/tests/built $(BUILD)/guest-kernel/Image
	@lab/make-linux protected

.PHONY: container
container: image $(LAB)/backends.cpio $(CONTAINER_DTBS) ## Build the image jinn-lab for Docker or Podman: docs/ci.md
	@lab/make-container

.PHONY: dist
dist: tools $(BUILD)/guests/built ## Make archives, Debian packages, Maven artifacts and the list of components: build/dist
	@lab/make-dist

.PHONY: engine
engine: ## Start a container engine, if none runs, and print its DOCKER_HOST
	@lab/engine start

$(LAB)/peer.cpio: lab/make-peer | tools
	@lab/make-peer

$(LAB)/network.cpio: lab/make-network $(LAB)/linux.cpio
	@lab/make-network

##@ Test
.PHONY: test
test: tools ## Run all checks and tests, and print how long each took
	@lab/test-all

.PHONY: check
check: tools ## Check format and manners of Java, C and shell
	@lab/check

.PHONY: check-kmod
check-kmod: tools ## Check gzvm.ko by sparse and the kernel's checkpatch
	@lab/check-kmod

.PHONY: test-unit
test-unit: tools ## Run the tests that need no lab, with the C/Java comparison of the interface
	@lab/test-unit

.PHONY: test-kmod
test-kmod: c-image ## Run the C tests of gzvm.ko, gzhyp and the bare-metal guests in the lab
	@lab/boot --pieces 'base kmod' --timeout 900 --command /tests/run-all

# Sid's kernel is another one from day to day: a test of it tells nothing about a commit.
.PHONY: test-stable
test-stable: ## Run the C tests on Debian's kernels 6.12 and 6.1
	@lab/test-kernels 6.12 6.1

.PHONY: test-kernels
test-kernels: ## Run the C tests on Debian's kernels 6.1, 6.12 and sid
	@lab/test-kernels

.PHONY: test-debug
test-debug: ## Run the C tests on a kernel with KASAN, lockdep and kmemleak; building it takes half an hour, once
	@lab/test-debug

.PHONY: test-dkms
test-dkms: $(KERNEL) ## Let DKMS add, build, install and remove gzvm.ko in a throw-away root
	@lab/test-dkms

.PHONY: test-hyp
test-hyp: $(BUILD)/hyp/gzhyp.bin $(BUILD)/guests/built $(DTB) ## Attack gzhyp from a bare-metal host and from guests (HYP_CALLS, HYP_GUESTS)
	@lab/test-hyp

.PHONY: stress
stress: $(C_IMAGE) ## Race ioctls, runs and closes for STRESS_ROUNDS (default 10000) each
	@lab/boot --pieces 'base kmod' --timeout 3600 --command '/tests/gzvm_stress --rounds $(STRESS_ROUNDS) doorbells runners vcpu_numbers page_faults'

.PHONY: load
load: $(C_IMAGE) $(LAB)/linux.cpio ## Let a Debian guest with 8 vCPUs work on all of them for LOAD_SECONDS (default 600)
	@lab/load $(LOAD_SECONDS)

.PHONY: fuzz
fuzz: $(C_IMAGE) ## Make FUZZ_CALLS random ioctls (default a million) that FUZZ_SEED decides (default the date)
	@lab/boot --pieces 'base kmod' --timeout $(FUZZ_TIMEOUT) \
		--command '/tests/gzvm_fuzz --seed $(FUZZ_SEED) --calls $(FUZZ_CALLS)'

# Chains of descriptors; a machine of its own serves more than 10,000 in a second.
FUZZ_CHAINS ?= 10000000
.PHONY: fuzz-virtio
fuzz-virtio: tools ## Attack the virtio devices with FUZZ_CHAINS (default ten million) that FUZZ_SEED decides (default the date)
	@lab/fuzz-virtio $(FUZZ_SEED) $(FUZZ_CHAINS)

# Descriptions and messages of the control socket, so many of each.
FUZZ_INPUTS ?= 100000
.PHONY: fuzz-config
fuzz-config: tools ## Check FUZZ_INPUTS (default 100000) mutated descriptions and control messages that FUZZ_SEED decides
	@lab/fuzz-config $(FUZZ_SEED) $(FUZZ_INPUTS)

.PHONY: test-boot
test-boot: image $(LAB)/protected.cpio $(LAB)/backends.cpio $(LAB)/storage.cpio $(CONTAINER_DTBS) ## Boot the configs with jinn in the lab (DISK_MIB: data for the test of disks, default 64)
	@lab/test-boot

.PHONY: test-container
test-container: container ## Test the image jinn-lab: confinement, exit codes, health, end
	@lab/test-container

.PHONY: test-dist
test-dist: dist container ## Test what make dist makes: installed, used and removed in a throw-away root, taken by another project
	@lab/test-dist
	@lab/test-project

.PHONY: test-reproducible
test-reproducible: dist ## Make the distribution again, from a copy of the commit: it is the same
	@lab/test-reproducible

.PHONY: test-manifests
test-manifests: tools ## Validate workflows, pipelines and Kubernetes manifests by the schemas of those who read them
	@lab/test-manifests

.PHONY: test-quick
test-quick: check test-unit test-container ## Check and test what takes a few minutes: no C tests, two boots

.PHONY: test-deterministic
test-deterministic: image $(LAB)/1-$(LAB_MEMORY).dtb ## Boot twice with time counted in instructions: the consoles are the same
	@lab/test-deterministic

# Hosts and guests that the other tests do not boot; with KERNELS, each of these as host and as guest instead.
KERNELS ?=
MATRIX_KERNELS := $(filter-out 6.12,$(or $(KERNELS),6.1))
MATRIX_IMAGE := $(foreach kernel,$(MATRIX_KERNELS),$(BUILD)/kernels/$(kernel)/Image $(BUILD)/kernels/$(kernel)/kmod.cpio)
.PHONY: test-matrix
test-matrix: image $(CONTAINER_DTBS) $(MATRIX_IMAGE) ## Boot hosts with 1 and 4 CPUs, jinn on host kernel 6.1, a guest with kernel 6.1 (KERNELS='sid': those)
	@lab/test-matrix $(KERNELS)

.PHONY: bench
bench: bench-kmod bench-hyp bench-round bench-block bench-net bench-java ## Run all benchmarks

.PHONY: bench-kmod
bench-kmod: $(BENCH_IMAGE) $(LAB)/linux.cpio ## Count the instructions of doorbells, interrupts and more with Jinn and with KVM
	@lab/bench
	@lab/bench-stages

.PHONY: bench-hyp
bench-hyp: $(BENCH_IMAGE) ## Count the instructions of gzhyp's hypercalls
	@lab/bench-hyp

.PHONY: bench-loop
bench-loop: tools ## Time an event loop that sleeps and one that looks first, on this machine
	@lab/bench-loop

.PHONY: bench-start
bench-start: ## Time the start of jinn as make dist has made it beside that of the JVM, on this machine
	@lab/bench-start

.PHONY: bench-doorbells
bench-doorbells: tools ## Count the doorbells and interrupts of 1,000 disk reads with and without EVENT_IDX
	@lab/bench-doorbells

.PHONY: bench-java
bench-java: tools ## Time the ring and the event loop in Java beside the same in C
	@lab/bench-java

.PHONY: bench-block
bench-block: image $(LAB)/peer.cpio $(LAB)/1-$(LAB_MEMORY).dtb ## Count the instructions of a request of a Linux guest's disk, with QEMU's beside
	@lab/bench-block

.PHONY: bench-net
bench-net: image $(LAB)/peer.cpio $(LAB)/1-$(LAB_MEMORY).dtb ## Count the instructions of a round trip of a Linux guest's network, with QEMU's beside
	@lab/bench-net

.PHONY: bench-entry
bench-entry: image $(LAB)/peer.cpio $(LAB)/1-$(LAB_MEMORY).dtb ## Count the instructions from the exec of jinn to its guest's first entry, with QEMU's beside
	@lab/bench-entry

.PHONY: bench-round
bench-round: image $(LAB)/1-$(LAB_MEMORY).dtb ## Count the instructions of a doorbell that Java serves, from the guest's store to its answer
	@lab/bench-round

##@ Care
.PHONY: fmt
fmt: tools ## Format the Java sources
	@lab/format

.PHONY: clean
clean: ## Remove everything that was built; the download cache stays
	@rm -rf $(BUILD) target vmm-core/target vmm-cli/target

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PRECIOUS: $(BUILD)/kernels/%/Image $(BUILD)/kernels/%/kmod/gzvm.ko
.PHONY: help
help: ## Show this list
	@lab/help $(MAKEFILE_LIST)
