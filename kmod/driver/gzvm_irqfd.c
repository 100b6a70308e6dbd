// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts by eventfd: a signal of the eventfd raises an SPI in the guest,
 * from whatever context the signal comes, without a thread in between.
 *
 * An irqfd ends in two steps. Anybody who may take irqfds.lock deactivates it:
 * the assigner's deassign, the release of the VM, or the eventfd's own wake-up
 * when its last file is closed. A work item then unhooks and frees it, which
 * needs to sleep.
 */
#include <linux/err.h>
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "gzvm.h"
#include "gzvm_trace.h"

/**
 * struct gzvm_irqfd_entry - an assigned irqfd
 * @vm: its VM, which outlives it
 * @spi: SPI index
 * @eventfd: what raises the interrupt; one reference
 * @resampler: what the guest's end of the interrupt signals, if anything; one
 *             reference of its eventfd
 * @queue: the eventfd's wait queue
 * @wait: our entry there
 * @poll: how @wait gets into @queue
 * @node: in irqfds.active, or empty once deactivated
 * @release: unhooks and frees
 */
struct gzvm_irqfd_entry {
	struct gzvm_vm *vm;
	u32 spi;
	struct eventfd_ctx *eventfd;
	struct gzvm_resampler resampler;
	wait_queue_head_t *queue;
	wait_queue_entry_t wait;
	poll_table poll;
	struct list_head node;
	struct work_struct release;
};

/* Own queue, so that flushing waits for nobody else's work. */
static struct workqueue_struct *gzvm_irqfd_workqueue;

/**
 * gzvm_irqfd_driver_init() - prepare the release of irqfds
 *
 * Return: 0 or -ENOMEM.
 */
int gzvm_irqfd_driver_init(void)
{
	gzvm_irqfd_workqueue = alloc_workqueue("gzvm-irqfd", WQ_UNBOUND, 0);
	return gzvm_irqfd_workqueue ? 0 : -ENOMEM;
}

/**
 * gzvm_irqfd_driver_exit() - undo gzvm_irqfd_driver_init()
 */
void gzvm_irqfd_driver_exit(void)
{
	destroy_workqueue(gzvm_irqfd_workqueue);
}

/**
 * gzvm_irqfd_init() - prepare a VM without irqfds
 * @vm: the VM
 */
void gzvm_irqfd_init(struct gzvm_vm *vm)
{
	mutex_init(&vm->irqfds.assign_lock);
	spin_lock_init(&vm->irqfds.lock);
	INIT_LIST_HEAD(&vm->irqfds.active);
}

static void gzvm_irqfd_free(struct gzvm_irqfd_entry *irqfd)
{
	if (irqfd->resampler.eventfd)
		eventfd_ctx_put(irqfd->resampler.eventfd);
	eventfd_ctx_put(irqfd->eventfd);
	kfree(irqfd);
}

static void gzvm_irqfd_release_work(struct work_struct *work)
{
	struct gzvm_irqfd_entry *irqfd = container_of(work, struct gzvm_irqfd_entry, release);
	u64 unused;

	/* Takes the queue's lock: our wake-up function is through, and stays away. */
	eventfd_ctx_remove_wait_queue(irqfd->eventfd, &irqfd->wait, &unused);
	if (irqfd->resampler.eventfd)
		gzvm_resample_remove(irqfd->vm, &irqfd->resampler);
	gzvm_irqfd_free(irqfd);
	atomic_long_dec(&gzvm_driver.irqfds);
}

static void gzvm_irqfd_deactivate(struct gzvm_irqfd_entry *irqfd)
{
	lockdep_assert_held(&irqfd->vm->irqfds.lock);
	list_del_init(&irqfd->node);
	queue_work(gzvm_irqfd_workqueue, &irqfd->release);
}

/**
 * gzvm_irqfd_release() - drop all irqfds of a VM
 * @vm: the VM, which nobody can reach any more but its irqfds
 *
 * When it has returned, nothing injects into the VM any more.
 */
void gzvm_irqfd_release(struct gzvm_vm *vm)
{
	struct gzvm_irqfd_entry *irqfd, *next;

	spin_lock_irq(&vm->irqfds.lock);
	list_for_each_entry_safe(irqfd, next, &vm->irqfds.active, node)
		gzvm_irqfd_deactivate(irqfd);
	spin_unlock_irq(&vm->irqfds.lock);
	flush_workqueue(gzvm_irqfd_workqueue);
}

/* One pulse, however often the eventfd was signalled: edges do not count. */
static void gzvm_irqfd_inject(struct gzvm_irqfd_entry *irqfd)
{
	int ret;

	ret = gzvm_vm_inject(irqfd->vm, 0, irqfd->spi, 1);
	trace_gzvm_irqfd_inject(irqfd->vm->id, irqfd->spi, ret);
}

/* Context: the eventfd's queue is locked, interrupts are off. */
static int gzvm_irqfd_wake(wait_queue_entry_t *wait, unsigned int mode, int sync, void *key)
{
	struct gzvm_irqfd_entry *irqfd = container_of(wait, struct gzvm_irqfd_entry, wait);
	struct gzvm_irqfds *irqfds = &irqfd->vm->irqfds;
	__poll_t events = key_to_poll(key);
	unsigned long flags;
	u64 signals;

	if (events & EPOLLIN) {
		eventfd_ctx_do_read(irqfd->eventfd, &signals);
		if (signals)
			gzvm_irqfd_inject(irqfd);
	}
	if (events & EPOLLHUP) {
		spin_lock_irqsave(&irqfds->lock, flags);
		/* A deassign may have come first; then the release is on its way. */
		if (!list_empty(&irqfd->node))
			gzvm_irqfd_deactivate(irqfd);
		spin_unlock_irqrestore(&irqfds->lock, flags);
	}
	return 0;
}

static void gzvm_irqfd_hook(struct file *file, wait_queue_head_t *queue, poll_table *poll)
{
	struct gzvm_irqfd_entry *irqfd = container_of(poll, struct gzvm_irqfd_entry, poll);

	irqfd->queue = queue;
	/* First in the queue: the count is drained before user space is woken to read it. */
	add_wait_queue_priority(queue, &irqfd->wait);
}

/* Injects what was signalled before our wake-up function was there to see it. */
static void gzvm_irqfd_catch_up(struct gzvm_irqfd_entry *irqfd)
{
	u64 signals;

	spin_lock_irq(&irqfd->queue->lock);
	eventfd_ctx_do_read(irqfd->eventfd, &signals);
	if (signals)
		gzvm_irqfd_inject(irqfd);
	spin_unlock_irq(&irqfd->queue->lock);
}

static int gzvm_irqfd_activate(struct gzvm_irqfds *irqfds, struct gzvm_irqfd_entry *irqfd)
{
	struct gzvm_irqfd_entry *other;
	int ret = 0;

	lockdep_assert_held(&irqfds->assign_lock);
	spin_lock_irq(&irqfds->lock);
	list_for_each_entry(other, &irqfds->active, node) {
		if (other->eventfd == irqfd->eventfd) {
			ret = -EBUSY;
			break;
		}
	}
	if (!ret)
		list_add_tail(&irqfd->node, &irqfds->active);
	spin_unlock_irq(&irqfds->lock);
	return ret;
}

/* Allocates an irqfd with its eventfds; @file stays the caller's. */
static struct gzvm_irqfd_entry *gzvm_irqfd_alloc(struct gzvm_vm *vm,
						 const struct gzvm_irqfd *args,
						 struct file *file)
{
	struct eventfd_ctx *eventfd, *resample = NULL;
	struct gzvm_irqfd_entry *irqfd;
	int ret;

	eventfd = eventfd_ctx_fileget(file);
	if (IS_ERR(eventfd))
		return ERR_CAST(eventfd);
	if (args->flags & GZVM_IRQFD_FLAG_RESAMPLE)
		resample = eventfd_ctx_fdget(args->resamplefd);
	if (IS_ERR(resample)) {
		ret = PTR_ERR(resample);
		goto err_put;
	}
	irqfd = kzalloc(sizeof(*irqfd), GFP_KERNEL_ACCOUNT);
	if (!irqfd) {
		ret = -ENOMEM;
		goto err_put_resample;
	}
	irqfd->vm = vm;
	irqfd->spi = args->gsi;
	irqfd->eventfd = eventfd;
	irqfd->resampler.spi = args->gsi;
	irqfd->resampler.eventfd = resample;
	INIT_LIST_HEAD(&irqfd->node);
	INIT_WORK(&irqfd->release, gzvm_irqfd_release_work);
	init_waitqueue_func_entry(&irqfd->wait, gzvm_irqfd_wake);
	init_poll_funcptr(&irqfd->poll, gzvm_irqfd_hook);
	return irqfd;

err_put_resample:
	if (resample)
		eventfd_ctx_put(resample);
err_put:
	eventfd_ctx_put(eventfd);
	return ERR_PTR(ret);
}

/*
 * An SPI that the hypervisor lacks would take every signal and raise nothing.
 * Lowering an SPI has no effect where interrupts are pulses (GenieZone, gzhyp), but
 * its number is looked at. SPI 0 tells whether this hypervisor answers at all, for
 * a VM that has no vCPU yet perhaps: if it refuses that too, nothing is known.
 */
static bool gzvm_irqfd_spi_missing(struct gzvm_vm *vm, u32 spi)
{
	return gzvm_vm_inject(vm, 0, spi, 0) == -EINVAL && !gzvm_vm_inject(vm, 0, 0, 0);
}

static int gzvm_irqfd_assign(struct gzvm_vm *vm, const struct gzvm_irqfd *args)
{
	struct gzvm_irqfd_entry *irqfd;
	struct file *file;
	int ret = 0;

	if (gzvm_irqfd_spi_missing(vm, args->gsi))
		return -EINVAL;
	/* While we hold the file there is no EPOLLHUP: nobody frees the irqfd below. */
	file = fget(args->fd);
	if (!file)
		return -EBADF;
	irqfd = gzvm_irqfd_alloc(vm, args, file);
	if (IS_ERR(irqfd)) {
		ret = PTR_ERR(irqfd);
		goto out_put;
	}

	mutex_lock(&vm->irqfds.assign_lock);
	ret = gzvm_irqfd_activate(&vm->irqfds, irqfd);
	if (!ret) {
		atomic_long_inc(&gzvm_driver.irqfds);
		if (irqfd->resampler.eventfd)
			gzvm_resample_add(vm, &irqfd->resampler);
		vfs_poll(file, &irqfd->poll);
		gzvm_irqfd_catch_up(irqfd);
	}
	mutex_unlock(&vm->irqfds.assign_lock);
	if (ret)
		gzvm_irqfd_free(irqfd);
out_put:
	fput(file);
	return ret;
}

static int gzvm_irqfd_deassign(struct gzvm_vm *vm, const struct gzvm_irqfd *args)
{
	struct gzvm_irqfds *irqfds = &vm->irqfds;
	struct gzvm_irqfd_entry *irqfd, *next;
	struct eventfd_ctx *eventfd;

	eventfd = eventfd_ctx_fdget(args->fd);
	if (IS_ERR(eventfd))
		return PTR_ERR(eventfd);

	mutex_lock(&irqfds->assign_lock);
	spin_lock_irq(&irqfds->lock);
	list_for_each_entry_safe(irqfd, next, &irqfds->active, node)
		if (irqfd->eventfd == eventfd && irqfd->spi == args->gsi)
			gzvm_irqfd_deactivate(irqfd);
	spin_unlock_irq(&irqfds->lock);
	mutex_unlock(&irqfds->assign_lock);
	eventfd_ctx_put(eventfd);

	flush_workqueue(gzvm_irqfd_workqueue);
	return 0;
}

/**
 * gzvm_irqfd_ioctl() - assign or deassign an irqfd
 * @vm: the VM
 * @args: private copy of the ioctl's argument
 *
 * A signal from before the assign is injected once. When a deassign has
 * returned, the eventfd raises nothing any more; as in KVM it succeeds when
 * there was nothing to deassign. With GZVM_IRQFD_FLAG_RESAMPLE the resamplefd is
 * signalled when the guest ends the interrupt, if the hypervisor tells.
 *
 * Return: 0; -EINVAL for unknown flags, a set @pad, a @gsi above GZVM_MAX_SPI or
 * one that the hypervisor lacks; -EBADF or -EINVAL when a descriptor is no eventfd; -EBUSY when
 * the eventfd is bound in this VM already; -ENOMEM.
 */
int gzvm_irqfd_ioctl(struct gzvm_vm *vm, const struct gzvm_irqfd *args)
{
	if (args->flags & ~(GZVM_IRQFD_FLAG_DEASSIGN | GZVM_IRQFD_FLAG_RESAMPLE))
		return -EINVAL;
	if (memchr_inv(args->pad, 0, sizeof(args->pad)))
		return -EINVAL;
	if (args->gsi > GZVM_MAX_SPI)
		return -EINVAL;

	if (args->flags & GZVM_IRQFD_FLAG_DEASSIGN)
		return gzvm_irqfd_deassign(vm, args);
	return gzvm_irqfd_assign(vm, args);
}
