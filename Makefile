# Jinn: a virtual machine monitor in Java for GenieZone. `make help` lists what can be made.

CONFIG ?= configs/linux.json
JINN_OPTIONS ?=
LAB_CPUS ?= 2
LAB_MEMORY ?= 2G
export LAB_CPUS LAB_MEMORY

BUILD := build
LAB := $(BUILD)/lab
DTB := $(LAB)/$(LAB_CPUS)-$(LAB_MEMORY).dtb
IMAGE := $(BUILD)/kernel/Image $(BUILD)/hyp/gzhyp.bin $(DTB) \
	$(addprefix $(LAB)/,base.cpio runtime.cpio kmod.cpio jinn.cpio linux.cpio)
# The benchmark's machine has one CPU and no Java.
BENCH_IMAGE := $(BUILD)/kernel/Image $(BUILD)/hyp/gzhyp.bin $(LAB)/1-$(LAB_MEMORY).dtb \
	$(addprefix $(LAB)/,base.cpio kmod.cpio)

files = $(shell find $(1) -type f 2>/dev/null)
UAPI := $(call files,kmod/include)

##@ Use
.PHONY: run
run: image ## Boot the lab and run CONFIG (default configs/linux.json) with jinn; Ctrl-A X leaves
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

$(BUILD)/kernel/Image: lab/fetch-kernel | tools
	@lab/fetch-kernel

$(LAB)/%.dtb: lab/make-dtb lab/machine.sh | tools
	@lab/make-dtb $(subst -, ,$*) $@

$(BUILD)/hyp/gzhyp.bin: $(call files,kmod/hyp) $(UAPI) | tools
	@lab/make-part 'hypervisor gzhyp' -C kmod/hyp OUT=$(CURDIR)/$(BUILD)/hyp
	@touch $@

$(BUILD)/kmod/gzvm.ko: $(call files,kmod/driver) $(UAPI) lab/make-driver $(BUILD)/kernel/Image
	@lab/make-driver

$(BUILD)/guests/built: $(call files,kmod/guests) | tools
	@lab/make-part 'bare-metal guests' -C kmod/guests OUT=$(CURDIR)/$(BUILD)/guests
	@touch $@

$(BUILD)/tests/built: $(call files,kmod/tests) $(call files,kmod/driver) $(UAPI) | tools
	@lab/make-part 'C tests' -C kmod/tests OUT=$(CURDIR)/$(BUILD)/tests
	@touch $@

$(LAB)/base.cpio: lab/make-base lab/host/init | tools
	@lab/make-base

$(LAB)/runtime.cpio: lab/make-runtime | tools
	@lab/make-runtime

$(LAB)/kmod.cpio: lab/make-kmod $(BUILD)/kmod/gzvm.ko $(BUILD)/guests/built $(BUILD)/tests/built
	@lab/make-kmod

$(LAB)/jinn.cpio: lab/make-jinn lab/host/jinn $(call files,pom.xml vmm-*/pom.xml vmm-*/src/main configs) | tools
	@lab/make-jinn

$(LAB)/linux.cpio: lab/make-linux $(call files,lab/guest) $(LAB)/base.cpio $(BUILD)/kernel/Image
	@lab/make-linux

##@ Test
.PHONY: test
test: check test-unit test-kmod test-hyp test-boot ## Run all checks and tests

.PHONY: check
check: tools ## Check format and manners of Java, C and shell
	@lab/check

.PHONY: test-unit
test-unit: tools ## Run the tests that need no lab, with the C/Java comparison of the interface
	@lab/test-unit

.PHONY: test-kmod
test-kmod: image ## Run the C tests of gzvm.ko, gzhyp and the bare-metal guests in the lab
	@lab/boot --pieces 'base kmod' --timeout 900 --command /tests/run-all

.PHONY: test-hyp
test-hyp: $(BUILD)/hyp/gzhyp.bin $(DTB) ## Attack gzhyp from a bare-metal host and from guests (HYP_CALLS, HYP_GUESTS)
	@lab/test-hyp

.PHONY: test-boot
test-boot: image ## Boot the configs with jinn in the lab
	@lab/test-boot

.PHONY: bench
bench: bench-kmod bench-hyp ## Run all benchmarks

.PHONY: bench-kmod
bench-kmod: $(BENCH_IMAGE) ## Count the instructions of a doorbell with Jinn and with KVM, and by stage
	@lab/bench
	@lab/bench-stages

.PHONY: bench-hyp
bench-hyp: $(BENCH_IMAGE) ## Count the instructions of gzhyp's hypercalls
	@lab/bench-hyp

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
.PHONY: help
help: ## Show this list
	@lab/help $(MAKEFILE_LIST)
