// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a VM is doing, for people: /sys/kernel/debug/gzvm/<VM id>-<pid>/.
 *
 * The folder goes before anything that its files read. debugfs_remove() waits for
 * reads under way; a file that stays open then answers -EIO. So no file needs a
 * reference of the VM, and a forgotten open file keeps no VM alive.
 */
#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/seq_file.h>

#include "gzvm.h"
#include "gzvm_hvc_calls.h"
#include "gzvm_ioeventfd_rules.h"
#include "gzvm_names.h"

/* They tell addresses of the guest, and when it does what. */
#define GZVM_DEBUGFS_MODE	0400

static struct dentry *gzvm_debugfs_root;

/* ------------------------------------------------------------------ */
/* doorbells                                                          */

/*
 * A position is a hash bucket: whatever comes and goes between two reads, no
 * doorbell that stays is left out or shown twice.
 */
static void *gzvm_doorbells_start(struct seq_file *seq, loff_t *position)
{
	return *position < GZVM_IOEVENTFD_STORE_BUCKETS ? position : NULL;
}

static void *gzvm_doorbells_next(struct seq_file *seq, void *unused, loff_t *position)
{
	++*position;
	return gzvm_doorbells_start(seq, position);
}

static void gzvm_doorbells_stop(struct seq_file *seq, void *unused)
{
}

static void gzvm_doorbells_show_one(void *argument, const struct gzvm_doorbell_key *key, u64 hits)
{
	struct seq_file *seq = argument;

	seq_printf(seq, "0x%llx %u ", key->addr, key->len);
	if (key->wildcard)
		seq_puts(seq, "*");
	else
		seq_printf(seq, "0x%llx", key->datamatch);
	seq_printf(seq, " %llu\n", hits);
}

static int gzvm_doorbells_show(struct seq_file *seq, void *position)
{
	gzvm_ioeventfd_visit(seq->private, *(loff_t *)position, gzvm_doorbells_show_one, seq);
	return 0;
}

static const struct seq_operations gzvm_doorbells_sops = {
	.start = gzvm_doorbells_start,
	.next = gzvm_doorbells_next,
	.stop = gzvm_doorbells_stop,
	.show = gzvm_doorbells_show,
};
DEFINE_SEQ_ATTRIBUTE(gzvm_doorbells);

/* ------------------------------------------------------------------ */
/* exits                                                              */

#define GZVM_NAME(constant, name)	[(constant) - GZVM_EXIT_UNKNOWN] = name,
#define GZVM_LAST_NAME			GZVM_NAME

static const char *const gzvm_exit_names[GZVM_EXIT_COUNTERS] = {
	GZVM_EXIT_NAMES
	[GZVM_EXIT_COUNTERS - 1] = "other",
};

static void gzvm_exits_show_vcpu(struct seq_file *seq, const struct gzvm_vcpu *vcpu)
{
	u64 count;
	int i;

	for (i = 0; i < GZVM_EXIT_COUNTERS; i++) {
		count = READ_ONCE(vcpu->exits[i]);
		if (!count)
			continue;
		if (gzvm_exit_names[i])
			seq_printf(seq, "%u %s %llu\n", vcpu->id, gzvm_exit_names[i], count);
		else
			seq_printf(seq, "%u 0x%x %llu\n", vcpu->id, GZVM_EXIT_UNKNOWN + i, count);
	}
}

static int gzvm_exits_show(struct seq_file *seq, void *unused)
{
	struct gzvm_vm *vm = seq->private;
	struct gzvm_vcpu *vcpu;
	int i;

	for (i = 0; i < GZVM_MAX_VCPUS; i++) {
		/* Pairs with the release in gzvm_vcpu_create_fd(). */
		vcpu = smp_load_acquire(&vm->vcpus[i]);
		if (vcpu)
			gzvm_exits_show_vcpu(seq, vcpu);
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(gzvm_exits);

/* ------------------------------------------------------------------ */
/* pinned_pages                                                       */

static int gzvm_pinned_pages_show(struct seq_file *seq, void *unused)
{
	struct gzvm_vm *vm = seq->private;

	seq_printf(seq, "%lu\n", READ_ONCE(vm->memory.pinned_pages));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(gzvm_pinned_pages);

/* ------------------------------------------------------------------ */
/* hypervisor_bytes, shared_bytes                                     */

static int gzvm_hypervisor_bytes_show(struct seq_file *seq, void *unused)
{
	struct gzvm_vm *vm = seq->private;
	struct gzvm_statistics statistics;
	int ret;

	ret = gzvm_hvc_get_statistics(vm->id, &statistics);
	if (!ret)
		seq_printf(seq, "%llu\n", statistics.owned_bytes);
	return ret;
}
DEFINE_SHOW_ATTRIBUTE(gzvm_hypervisor_bytes);

static int gzvm_shared_bytes_show(struct seq_file *seq, void *unused)
{
	struct gzvm_vm *vm = seq->private;
	struct gzvm_statistics statistics;
	int ret;

	ret = gzvm_hvc_get_statistics(vm->id, &statistics);
	if (!ret)
		seq_printf(seq, "%llu\n", statistics.shared_bytes);
	return ret;
}
DEFINE_SHOW_ATTRIBUTE(gzvm_shared_bytes);

/* ------------------------------------------------------------------ */
/* Folders                                                            */

/**
 * gzvm_debugfs_add_vm() - show a VM
 * @vm: the VM, complete; the current process is its creator
 *
 * What fails here is missing in debugfs, and nowhere else.
 */
void gzvm_debugfs_add_vm(struct gzvm_vm *vm)
{
	char name[sizeof("65535--2147483648")];
	struct dentry *folder;

	snprintf(name, sizeof(name), "%u-%d", vm->id, task_tgid_nr(current));
	folder = debugfs_create_dir(name, gzvm_debugfs_root);
	debugfs_create_file("doorbells", GZVM_DEBUGFS_MODE, folder, vm, &gzvm_doorbells_fops);
	debugfs_create_file("exits", GZVM_DEBUGFS_MODE, folder, vm, &gzvm_exits_fops);
	debugfs_create_file("pinned_pages", GZVM_DEBUGFS_MODE, folder, vm,
			    &gzvm_pinned_pages_fops);
	debugfs_create_file("hypervisor_bytes", GZVM_DEBUGFS_MODE, folder, vm,
			    &gzvm_hypervisor_bytes_fops);
	debugfs_create_file("shared_bytes", GZVM_DEBUGFS_MODE, folder, vm,
			    &gzvm_shared_bytes_fops);
	vm->debugfs = folder;
}

/**
 * gzvm_debugfs_remove_vm() - undo gzvm_debugfs_add_vm()
 * @vm: the VM; when this has returned, no file reads from it any more
 */
void gzvm_debugfs_remove_vm(struct gzvm_vm *vm)
{
	debugfs_remove(vm->debugfs);
}

/**
 * gzvm_debugfs_driver_init() - make the folder that VMs are shown in
 */
void gzvm_debugfs_driver_init(void)
{
	gzvm_debugfs_root = debugfs_create_dir(KBUILD_MODNAME, NULL);
}

/**
 * gzvm_debugfs_driver_exit() - undo gzvm_debugfs_driver_init()
 */
void gzvm_debugfs_driver_exit(void)
{
	debugfs_remove(gzvm_debugfs_root);
}
