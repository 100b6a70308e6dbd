// SPDX-License-Identifier: GPL-2.0-only
/*
 * The vCPU: its fd, its run loop, its sleep.
 */
#include <linux/anon_inodes.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "gzvm.h"
#include "gzvm_hvc_calls.h"

/* What user space and the driver exchange: exit_reason, and the union. */
#define GZVM_RUN_UNION_OFFSET	offsetof(struct gzvm_vcpu_run, padding2)
#define GZVM_RUN_UNION_BYTES	sizeof_field(struct gzvm_vcpu_run, padding2)

/**
 * gzvm_vcpu_wake() - make an idle vCPU enter its guest
 * @vcpu: the vCPU
 *
 * To be called after the hypervisor has been told of what it will find there.
 *
 * Context: any.
 */
void gzvm_vcpu_wake(struct gzvm_vcpu *vcpu)
{
	/*
	 * Pairs with the barrier in gzvm_vcpu_enter(): if that clears the flag after
	 * this sets it, its hypercall sees what happened before.
	 */
	smp_mb();
	WRITE_ONCE(vcpu->woken, true);
	rcuwait_wake_up(&vcpu->idle);
}

/* ------------------------------------------------------------------ */
/* GZVM_RUN                                                           */

/* Hands the answer to the last exit to the hypervisor, and nothing else. */
static void gzvm_vcpu_complete_exit(struct gzvm_vcpu *vcpu, const struct gzvm_vcpu_run *run)
{
	struct gzvm_vcpu_run *shared = vcpu->shared;

	lockdep_assert_held(&vcpu->run_lock);
	switch (vcpu->completes) {
	case GZVM_EXIT_MMIO:
		memcpy(shared->mmio.data, run->mmio.data, sizeof(shared->mmio.data));
		break;
	case GZVM_EXIT_HYPERCALL:
		/* x0..x3 are all that a call returns. */
		memcpy(shared->hypercall.args, run->hypercall.args,
		       4 * sizeof(shared->hypercall.args[0]));
		break;
	}
}

static int gzvm_vcpu_enter(struct gzvm_vcpu *vcpu, u32 *reason)
{
	if (READ_ONCE(vcpu->woken)) {
		/*
		 * Cleared before the hypervisor decides whether the guest is idle,
		 * tested after: what comes in between keeps the thread from sleeping.
		 */
		smp_store_mb(vcpu->woken, false);
	}
	return gzvm_hvc_run(vcpu->vm->id, vcpu->id, reason);
}

static int gzvm_vcpu_run_guest(struct gzvm_vcpu *vcpu)
{
	u32 reason;
	int ret;

	do {
		if (signal_pending(current)) {
			gzvm_hvc_inform_exit(vcpu->vm->id);
			return -EINTR;
		}
		/* RCU asks for a reschedule, too, when it waits for this CPU. */
		if (need_resched())
			cond_resched();
		ret = gzvm_vcpu_enter(vcpu, &reason);
		if (ret)
			return ret;
		/* From here on the old answer has been taken. */
		vcpu->completes = 0;
		if (gzvm_resample_any(vcpu->vm))
			gzvm_resample_notice(vcpu);
		ret = gzvm_exit_handle(vcpu, reason);
	} while (ret == GZVM_NEXT_ENTER);
	return ret < 0 ? ret : 0;
}

/*
 * Leaves immediate_exit in user memory alone: whoever sets it while an exit is
 * being returned means the next run.
 */
static int gzvm_vcpu_return_exit(struct gzvm_vcpu *vcpu, struct gzvm_vcpu_run __user *user)
{
	if (put_user(vcpu->exit.exit_reason, &user->exit_reason))
		return -EFAULT;
	if (copy_to_user(user->padding2, vcpu->exit.padding2, GZVM_RUN_UNION_BYTES))
		return -EFAULT;
	return 0;
}

static int gzvm_vcpu_run_locked(struct gzvm_vcpu *vcpu, struct gzvm_vcpu_run __user *user)
{
	struct gzvm_vcpu_run *run = &vcpu->exit;
	int ret;

	lockdep_assert_held(&vcpu->run_lock);
	if (copy_from_user(run, user, sizeof(*run)))
		return -EFAULT;
	if (memchr_inv(run->padding1, 0, sizeof(run->padding1)))
		return -EINVAL;
	if (run->immediate_exit == 1 || vcpu->interrupted) {
		vcpu->interrupted = false;
		return -EINTR;
	}
	gzvm_vcpu_complete_exit(vcpu, run);
	ret = gzvm_vcpu_run_guest(vcpu);
	if (ret)
		return ret;
	ret = gzvm_vcpu_return_exit(vcpu, user);
	vcpu->completes = vcpu->exit.exit_reason;
	vcpu->interrupted = signal_pending(current);
	return ret;
}

/*
 * Return: 0 with an exit in *@user; otherwise *@user is unchanged and: -EINTR
 * for a signal or immediate_exit, -EBUSY while another thread runs the vCPU,
 * -EFAULT, -EINVAL, -ENOMEM when guest memory cannot be pinned, or the
 * hypervisor's errno.
 */
static int gzvm_vcpu_run(struct gzvm_vcpu *vcpu, struct gzvm_vcpu_run __user *user)
{
	int ret;

	if (!mutex_trylock(&vcpu->run_lock))
		return -EBUSY;
	ret = gzvm_vcpu_run_locked(vcpu, user);
	mutex_unlock(&vcpu->run_lock);
	return ret;
}

/* ------------------------------------------------------------------ */
/* Registers                                                          */

/* Return: the size of the register in bytes, or 0 for one that cannot be passed. */
static u32 gzvm_reg_bytes(u64 id)
{
	switch (id & GZVM_REG_SIZE_MASK) {
	case GZVM_REG_SIZE_U8:
	case GZVM_REG_SIZE_U16:
	case GZVM_REG_SIZE_U32:
	case GZVM_REG_SIZE_U64:
		return 1 << ((id & GZVM_REG_SIZE_MASK) >> GZVM_REG_SIZE_SHIFT);
	default:
		return 0;
	}
}

/* Out of use in the published drivers, so a VM has to ask for it. */
static int gzvm_vcpu_get_one_reg(struct gzvm_vcpu *vcpu, void __user *argument)
{
	struct gzvm_one_reg reg;
	u64 value = 0;
	u32 bytes;
	int ret;

	if (!READ_ONCE(vcpu->vm->registers_readable))
		return -EOPNOTSUPP;
	if (copy_from_user(&reg, argument, sizeof(reg)))
		return -EFAULT;
	bytes = gzvm_reg_bytes(reg.id);
	if (!bytes)
		return -EINVAL;
	if (!mutex_trylock(&vcpu->run_lock))
		return -EBUSY;
	ret = gzvm_hvc_get_one_reg(vcpu->vm->id, vcpu->id, reg.id, &value);
	mutex_unlock(&vcpu->run_lock);
	if (ret)
		return ret;
	return copy_to_user(u64_to_user_ptr(reg.addr), &value, bytes) ? -EFAULT : 0;
}

static int gzvm_vcpu_set_one_reg(struct gzvm_vcpu *vcpu, void __user *argument)
{
	struct gzvm_one_reg reg;
	u64 value = 0;
	u32 bytes;
	int ret;

	if (copy_from_user(&reg, argument, sizeof(reg)))
		return -EFAULT;
	bytes = gzvm_reg_bytes(reg.id);
	if (!bytes)
		return -EINVAL;
	if (copy_from_user(&value, u64_to_user_ptr(reg.addr), bytes))
		return -EFAULT;
	if (!mutex_trylock(&vcpu->run_lock))
		return -EBUSY;
	ret = gzvm_hvc_set_one_reg(vcpu->vm->id, vcpu->id, reg.id, value);
	mutex_unlock(&vcpu->run_lock);
	return ret;
}

/* ------------------------------------------------------------------ */
/* The fd                                                             */

static long gzvm_vcpu_ioctl(struct file *file, unsigned int request, unsigned long argument)
{
	struct gzvm_vcpu *vcpu = file->private_data;
	void __user *user = (void __user *)argument;

	/* Page faults pin from the current mm, which has to be the VM's. */
	if (current->mm != vcpu->vm->mm)
		return -EIO;
	switch (request) {
	case GZVM_RUN:
		return gzvm_vcpu_run(vcpu, user);
	case GZVM_SET_ONE_REG:
		return gzvm_vcpu_set_one_reg(vcpu, user);
	case GZVM_GET_ONE_REG:
		return gzvm_vcpu_get_one_reg(vcpu, user);
	default:
		return -ENOTTY;
	}
}

static int gzvm_vcpu_close(struct inode *inode, struct file *file)
{
	struct gzvm_vcpu *vcpu = file->private_data;

	gzvm_vm_put(vcpu->vm);
	return 0;
}

static const struct file_operations gzvm_vcpu_fops = {
	.owner = THIS_MODULE,
	.release = gzvm_vcpu_close,
	.unlocked_ioctl = gzvm_vcpu_ioctl,
	.llseek = noop_llseek,
};

static struct gzvm_vcpu *gzvm_vcpu_alloc(struct gzvm_vm *vm, u16 id)
{
	struct gzvm_vcpu *vcpu;

	vcpu = kzalloc(sizeof(*vcpu), GFP_KERNEL_ACCOUNT);
	if (!vcpu)
		return NULL;
	vcpu->shared = alloc_pages_exact(GZVM_RUN_AREA_BYTES, GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (!vcpu->shared) {
		kfree(vcpu);
		return NULL;
	}
	vcpu->hwstate = (void *)vcpu->shared + GZVM_HVC_PAGE_BYTES;
	vcpu->vm = vm;
	vcpu->id = id;
	mutex_init(&vcpu->run_lock);
	rcuwait_init(&vcpu->idle);
	return vcpu;
}

/**
 * gzvm_vcpu_free() - free a vCPU and its run area
 * @vcpu: the vCPU, which the hypervisor does not know any more
 */
void gzvm_vcpu_free(struct gzvm_vcpu *vcpu)
{
	free_pages_exact(vcpu->shared, GZVM_RUN_AREA_BYTES);
	kfree(vcpu);
}

/**
 * gzvm_vcpu_destroy() - take a vCPU from the hypervisor
 * @vcpu: the vCPU, which nobody runs
 *
 * Return: true when the run area is the driver's again. Otherwise only the end
 * of the whole VM can give it back.
 */
bool gzvm_vcpu_destroy(struct gzvm_vcpu *vcpu)
{
	atomic_long_dec(&gzvm_driver.vcpus);
	return !gzvm_hvc_destroy_vcpu(vcpu->vm->id, vcpu->id);
}

/* Creates vCPU @id in the hypervisor, without publishing it. */
static struct gzvm_vcpu *gzvm_vcpu_create(struct gzvm_vm *vm, u16 id)
{
	struct gzvm_vcpu *vcpu;
	int ret;

	vcpu = gzvm_vcpu_alloc(vm, id);
	if (!vcpu)
		return ERR_PTR(-ENOMEM);
	ret = gzvm_hvc_create_vcpu(vm->id, id, virt_to_phys(vcpu->shared));
	if (ret) {
		gzvm_vcpu_free(vcpu);
		return ERR_PTR(ret);
	}
	atomic_long_inc(&gzvm_driver.vcpus);
	return vcpu;
}

static void gzvm_vcpu_undo_create(struct gzvm_vcpu *vcpu)
{
	/* A run area that the hypervisor keeps writing to must not be reused. */
	if (gzvm_vcpu_destroy(vcpu))
		gzvm_vcpu_free(vcpu);
	else
		dev_err(gzvm_driver.device, "VM %u: hypervisor refuses to destroy vCPU %u\n",
			vcpu->vm->id, vcpu->id);
}

static int gzvm_vcpu_create_locked(struct gzvm_vm *vm, u16 id)
{
	char name[sizeof("gzvm-vcpu:65535")];
	struct gzvm_vcpu *vcpu;
	struct file *file;
	int fd;

	lockdep_assert_held(&vm->lock);
	if (vm->vcpus[id])
		return -EEXIST;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	vcpu = gzvm_vcpu_create(vm, id);
	if (IS_ERR(vcpu)) {
		put_unused_fd(fd);
		return PTR_ERR(vcpu);
	}
	snprintf(name, sizeof(name), "gzvm-vcpu:%u", id);
	file = anon_inode_getfile(name, &gzvm_vcpu_fops, vcpu, O_RDWR | O_CLOEXEC);
	if (IS_ERR(file)) {
		gzvm_vcpu_undo_create(vcpu);
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	gzvm_vm_get(vm);
	/* Pairs with gzvm_vm_wake_vcpus(), which takes no lock. */
	smp_store_release(&vm->vcpus[id], vcpu);
	fd_install(fd, file);
	return fd;
}

/**
 * gzvm_vcpu_create_fd() - GZVM_CREATE_VCPU
 * @vm: the VM
 * @id: number of the vCPU
 *
 * The number stays taken until the VM is gone, also after the fd is closed.
 *
 * Return: a vCPU fd; -EINVAL from GZVM_MAX_VCPUS on, -EEXIST, -ENOMEM, -EMFILE,
 * -ENFILE or the hypervisor's errno.
 */
int gzvm_vcpu_create_fd(struct gzvm_vm *vm, unsigned long id)
{
	int fd;

	if (id >= GZVM_MAX_VCPUS)
		return -EINVAL;
	mutex_lock(&vm->lock);
	fd = gzvm_vcpu_create_locked(vm, id);
	mutex_unlock(&vm->lock);
	return fd;
}
