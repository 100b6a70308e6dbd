// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VM: its fd, its ioctls, its life.
 */
#include <linux/anon_inodes.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/mm_types.h>
#include <linux/module.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "gzvm.h"
#include "gzvm_hvc_calls.h"

/**
 * gzvm_vm_get() - take a reference
 * @vm: the VM, of which the caller has one already
 */
void gzvm_vm_get(struct gzvm_vm *vm)
{
	kref_get(&vm->ref);
}

static int gzvm_vm_destroy_in_hypervisor(u16 id)
{
	int ret;

	for (;;) {
		ret = gzvm_hvc_destroy_vm(id, gzvm_driver.destroy_batch_pages);
		if (ret != -EAGAIN)
			return ret;
		cond_resched();
	}
}

/* The last reference is gone: no ioctl, no vCPU, only debugfs and irqfds know the VM. */
static void gzvm_vm_release(struct kref *ref)
{
	struct gzvm_vm *vm = container_of(ref, struct gzvm_vm, ref);
	int i, ret;

	gzvm_debugfs_remove_vm(vm);
	gzvm_irqfd_release(vm);
	gzvm_ioeventfd_release(vm);
	for (i = 0; i < GZVM_MAX_VCPUS; i++)
		if (vm->vcpus[i])
			gzvm_vcpu_destroy(vm->vcpus[i]);
	ret = gzvm_vm_destroy_in_hypervisor(vm->id);
	if (ret) {
		/* The guest may still write to its pages: better to lose than to reuse them. */
		dev_err(gzvm_driver.device,
			"VM %u: hypervisor refuses to destroy it (%d), its memory stays pinned\n",
			vm->id, ret);
		return;
	}
	for (i = 0; i < GZVM_MAX_VCPUS; i++)
		if (vm->vcpus[i])
			gzvm_vcpu_free(vm->vcpus[i]);
	gzvm_memory_release(vm);
	mmdrop(vm->mm);
	kfree(vm);
	atomic_long_dec(&gzvm_driver.vms);
}

/**
 * gzvm_vm_put() - drop a reference, and the VM with the last one
 * @vm: the VM
 *
 * Context: process context, may sleep.
 */
void gzvm_vm_put(struct gzvm_vm *vm)
{
	kref_put(&vm->ref, gzvm_vm_release);
}

/**
 * gzvm_vm_wake_vcpus() - make all idle vCPUs look for interrupts
 * @vm: the VM
 *
 * Only the hypervisor knows which vCPU an SPI or SGI is routed to.
 *
 * Context: any.
 */
void gzvm_vm_wake_vcpus(struct gzvm_vm *vm)
{
	struct gzvm_vcpu *vcpu;
	int i;

	for (i = 0; i < GZVM_MAX_VCPUS; i++) {
		/* Pairs with the release in gzvm_vcpu_create_fd(). */
		vcpu = smp_load_acquire(&vm->vcpus[i]);
		if (vcpu)
			gzvm_vcpu_wake(vcpu);
	}
}

/**
 * gzvm_vm_inject() - raise or lower an SPI
 * @vm: the VM
 * @vcpu_id: passed on; without effect for an SPI
 * @spi: SPI index, at most GZVM_MAX_SPI
 * @level: 1 or 0
 *
 * Context: any.
 * Return: 0 or the hypervisor's errno.
 */
int gzvm_vm_inject(struct gzvm_vm *vm, u16 vcpu_id, u32 spi, u32 level)
{
	int ret;

	ret = gzvm_hvc_irq_line(vm->id, vcpu_id, spi, level);
	if (!ret && level)
		gzvm_vm_wake_vcpus(vm);
	return ret;
}

/* ------------------------------------------------------------------ */
/* ioctls                                                             */

static int gzvm_vm_set_user_memory_region(struct gzvm_vm *vm, void __user *argument)
{
	struct gzvm_userspace_memory_region region;

	if (copy_from_user(&region, argument, sizeof(region)))
		return -EFAULT;
	return gzvm_memslot_set(vm, &region);
}

static int gzvm_vm_irq_line(struct gzvm_vm *vm, void __user *argument)
{
	struct gzvm_irq_level line;
	u32 spi, vcpu_id;

	if (copy_from_user(&line, argument, sizeof(line)))
		return -EFAULT;
	/* The type bits are ignored, as every published driver since v6 does. */
	spi = line.irq >> GZVM_IRQ_NUM_SHIFT & GZVM_IRQ_NUM_MASK;
	vcpu_id = (line.irq >> GZVM_IRQ_VCPU_SHIFT & GZVM_IRQ_VCPU_MASK) +
		  (line.irq >> GZVM_IRQ_VCPU2_SHIFT & GZVM_IRQ_VCPU2_MASK) *
			  (GZVM_IRQ_VCPU_MASK + 1);
	if (spi > GZVM_MAX_SPI)
		return -EINVAL;
	return gzvm_vm_inject(vm, vcpu_id, spi, !!line.level);
}

static int gzvm_vm_irqfd(struct gzvm_vm *vm, void __user *argument)
{
	struct gzvm_irqfd irqfd;

	if (copy_from_user(&irqfd, argument, sizeof(irqfd)))
		return -EFAULT;
	return gzvm_irqfd_ioctl(vm, &irqfd);
}

static int gzvm_vm_ioeventfd(struct gzvm_vm *vm, void __user *argument)
{
	struct gzvm_ioeventfd ioeventfd;

	if (copy_from_user(&ioeventfd, argument, sizeof(ioeventfd)))
		return -EFAULT;
	return gzvm_ioeventfd_ioctl(vm, &ioeventfd);
}

static int gzvm_vm_set_dtb_config(struct gzvm_vm *vm, void __user *argument)
{
	struct gzvm_dtb_config config;

	if (copy_from_user(&config, argument, sizeof(config)))
		return -EFAULT;
	return gzvm_hvc_set_dtb_config(vm->id, config.dtb_addr, config.dtb_size);
}

/* Reads the attribute data into @attr and replaces its user address by its PA. */
static int gzvm_vm_copy_device_attr(struct gzvm_create_device *device, void *attr)
{
	if (device->attr_size > PAGE_SIZE)
		return -EINVAL;
	if (!device->attr_addr || !device->attr_size) {
		device->attr_addr = 0;
		device->attr_size = 0;
		return 0;
	}
	if (copy_from_user(attr, u64_to_user_ptr(device->attr_addr), device->attr_size))
		return -EFAULT;
	device->attr_addr = virt_to_phys(attr);
	return 0;
}

static int gzvm_vm_create_device(struct gzvm_vm *vm, void __user *argument)
{
	struct gzvm_create_device *device;
	void *attr;
	int ret = -ENOMEM;

	/* Whole pages: the hypervisor reads them, and nothing else may lie beside. */
	device = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	attr = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (!device || !attr)
		goto out;
	ret = -EFAULT;
	if (copy_from_user(device, argument, sizeof(*device)))
		goto out;
	ret = -EINVAL;
	if (device->dev_type >= GZVM_DEV_TYPE_MAX || device->flags)
		goto out;
	ret = gzvm_vm_copy_device_attr(device, attr);
	if (!ret)
		ret = gzvm_hvc_create_device(vm->id, virt_to_phys(device));
out:
	free_page((unsigned long)attr);
	free_page((unsigned long)device);
	return ret;
}

/* User space gets -EINVAL for any refusal, as clients of the published drivers expect. */
static int gzvm_vm_get_pvmfw_size(struct gzvm_vm *vm, struct gzvm_enable_cap *cap,
				  struct gzvm_enable_cap __user *argument)
{
	u64 bytes;

	if (gzvm_hvc_enable_cap(vm->id, cap, &bytes))
		return -EINVAL;
	return put_user(bytes, &argument->args[1]);
}

static int gzvm_vm_protect(struct gzvm_vm *vm, const struct gzvm_enable_cap *cap)
{
	int ret;

	ret = gzvm_memslot_populate_all(vm);
	if (ret)
		return ret;
	return gzvm_hvc_enable_cap(vm->id, cap, NULL);
}

static int gzvm_vm_enable_protection(struct gzvm_vm *vm, struct gzvm_enable_cap *cap,
				     struct gzvm_enable_cap __user *argument)
{
	switch (cap->args[0]) {
	case GZVM_CAP_PVM_GET_PVMFW_SIZE:
		return gzvm_vm_get_pvmfw_size(vm, cap, argument);
	case GZVM_CAP_PVM_SET_PVMFW_GPA:
	case GZVM_CAP_PVM_SET_PROTECTED_VM:
		return gzvm_vm_protect(vm, cap);
	default:
		return -EINVAL;
	}
}

static int gzvm_vm_enable_extension(struct gzvm_vm *vm, const struct gzvm_enable_cap *cap)
{
	u32 used = cap->args[0] == GZVM_JINN_DISCARD ? 3 : 1;

	if (memchr_inv(cap->args + used, 0, sizeof(cap->args) - used * sizeof(cap->args[0])))
		return -EINVAL;
	switch (cap->args[0]) {
	case GZVM_JINN_GET_ONE_REG:
		WRITE_ONCE(vm->registers_readable, true);
		return 0;
	case GZVM_JINN_DISCARD:
		return gzvm_memory_discard(vm, cap->args[1], cap->args[2]);
	default:
		return -EINVAL;
	}
}

static int gzvm_vm_enable_cap(struct gzvm_vm *vm, struct gzvm_enable_cap __user *argument)
{
	struct gzvm_enable_cap cap;

	if (copy_from_user(&cap, argument, sizeof(cap)))
		return -EFAULT;
	/* The others take physical addresses, or change how the driver has to behave. */
	switch (cap.cap) {
	case GZVM_CAP_PROTECTED_VM:
		return gzvm_vm_enable_protection(vm, &cap, argument);
	case GZVM_CAP_JINN:
		return gzvm_vm_enable_extension(vm, &cap);
	default:
		return -EINVAL;
	}
}

static u64 gzvm_vm_extensions(void)
{
	return GZVM_JINN_DATAMATCH_SHARED | GZVM_JINN_NO_LOST_EXIT | GZVM_JINN_GET_ONE_REG |
	       (gzvm_driver.unmaps ? GZVM_JINN_SLOT_DELETE | GZVM_JINN_DISCARD : 0) |
	       (gzvm_driver.read_only_slots ? GZVM_JINN_READ_ONLY : 0);
}

/**
 * gzvm_check_extension() - GZVM_CHECK_EXTENSION of /dev/gzvm and of a VM fd
 * @argument: user address of a __u64, the capability; replaced by the answer
 *
 * Return: 0, -EFAULT, or -EOPNOTSUPP for an unknown capability.
 */
long gzvm_check_extension(unsigned long argument)
{
	u64 __user *user = (u64 __user *)argument;
	u64 cap;

	if (get_user(cap, user))
		return -EFAULT;
	switch (cap) {
	case GZVM_CAP_VM_GPA_SIZE:
		return put_user((u64)gzvm_driver.gpa_bits, user);
	case GZVM_CAP_PROTECTED_VM:
		return put_user(1ULL, user);
	case GZVM_CAP_JINN:
		return put_user(gzvm_vm_extensions(), user);
	default:
		return -EOPNOTSUPP;
	}
}

static long gzvm_vm_ioctl(struct file *file, unsigned int request, unsigned long argument)
{
	struct gzvm_vm *vm = file->private_data;
	void __user *user = (void __user *)argument;

	/* Guest memory is the creator's; another process has other pages there. */
	if (current->mm != vm->mm)
		return -EIO;
	switch (request) {
	case GZVM_CHECK_EXTENSION:
		return gzvm_check_extension(argument);
	case GZVM_CREATE_VCPU:
		return gzvm_vcpu_create_fd(vm, argument);
	case GZVM_SET_USER_MEMORY_REGION:
		return gzvm_vm_set_user_memory_region(vm, user);
	case GZVM_IRQ_LINE:
		return gzvm_vm_irq_line(vm, user);
	case GZVM_IRQFD:
		return gzvm_vm_irqfd(vm, user);
	case GZVM_IOEVENTFD:
		return gzvm_vm_ioeventfd(vm, user);
	case GZVM_ENABLE_CAP:
		return gzvm_vm_enable_cap(vm, user);
	case GZVM_CREATE_DEVICE:
		return gzvm_vm_create_device(vm, user);
	case GZVM_SET_DTB_CONFIG:
		return gzvm_vm_set_dtb_config(vm, user);
	default:
		return -ENOTTY;
	}
}

static int gzvm_vm_close(struct inode *inode, struct file *file)
{
	gzvm_vm_put(file->private_data);
	return 0;
}

static const struct file_operations gzvm_vm_fops = {
	.owner = THIS_MODULE,
	.release = gzvm_vm_close,
	.unlocked_ioctl = gzvm_vm_ioctl,
	.llseek = noop_llseek,
};

/* ------------------------------------------------------------------ */
/* Creation                                                           */

static void gzvm_vm_enable_idle(struct gzvm_vm *vm)
{
	const struct gzvm_enable_cap idle = { .cap = GZVM_CAP_ENABLE_IDLE };

	/* Without it an idle guest burns its host CPU, and works. */
	if (gzvm_hvc_enable_cap(vm->id, &idle, NULL))
		dev_dbg(gzvm_driver.device, "VM %u: no exits on idle\n", vm->id);
}

/* Creates a VM with one reference and no fd. */
static struct gzvm_vm *gzvm_vm_create(unsigned long type)
{
	struct gzvm_vm *vm;
	int ret;

	vm = kzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);
	if (!vm)
		return ERR_PTR(-ENOMEM);
	kref_init(&vm->ref);
	mutex_init(&vm->lock);
	gzvm_irqfd_init(vm);
	gzvm_resample_init(vm);
	ret = gzvm_ioeventfd_init(vm);
	if (ret)
		goto err_free;
	vm->mm = current->mm;
	mmgrab(vm->mm);

	ret = gzvm_hvc_create_vm(type, &vm->id);
	if (ret)
		goto err_drop;
	ret = gzvm_memory_init(vm);
	if (ret)
		goto err_destroy;
	gzvm_vm_enable_idle(vm);
	atomic_long_inc(&gzvm_driver.vms);
	gzvm_debugfs_add_vm(vm);
	return vm;

err_destroy:
	gzvm_vm_destroy_in_hypervisor(vm->id);
err_drop:
	mmdrop(vm->mm);
	gzvm_ioeventfd_release(vm);
err_free:
	kfree(vm);
	return ERR_PTR(ret);
}

/**
 * gzvm_vm_create_fd() - GZVM_CREATE_VM
 * @type: VM type, 0
 *
 * Return: a VM fd, which only the calling process can use; -ENOMEM, -EMFILE,
 * -ENFILE or the hypervisor's errno.
 */
int gzvm_vm_create_fd(unsigned long type)
{
	struct gzvm_vm *vm;
	int fd;

	vm = gzvm_vm_create(type);
	if (IS_ERR(vm))
		return PTR_ERR(vm);
	fd = anon_inode_getfd("gzvm-vm", &gzvm_vm_fops, vm, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		gzvm_vm_put(vm);
	return fd;
}
