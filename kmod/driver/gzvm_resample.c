// SPDX-License-Identifier: GPL-2.0-only
/*
 * Resampling: an eventfd that tells a device model when the guest has ended its
 * interrupt, so that it can raise a level that is still up once more.
 *
 * The ends come from the hypervisor, as bits in the run area of the vCPU that has
 * ended the interrupt. GenieZone does not tell of them; then resamplers are kept
 * and never signalled.
 */
#include <linux/bits.h>
#include <linux/eventfd.h>
#include <linux/list.h>
#include <linux/spinlock.h>

#include "gzvm.h"
#include "gzvm_compat.h"
#include "gzvm_hvc_calls.h"

#define GZVM_SPIS_PER_WORD	32

/**
 * gzvm_resample_init() - prepare a VM without resamplers
 * @vm: the VM
 */
void gzvm_resample_init(struct gzvm_vm *vm)
{
	spin_lock_init(&vm->resamplers.lock);
	INIT_LIST_HEAD(&vm->resamplers.list);
}

static bool gzvm_resample_wanted(struct gzvm_resamplers *resamplers, u32 spi)
{
	const struct gzvm_resampler *resampler;

	lockdep_assert_held(&resamplers->lock);
	list_for_each_entry(resampler, &resamplers->list, node)
		if (resampler->spi == spi)
			return true;
	return false;
}

/* A refusal leaves the resampler silent, which is what GenieZone's clients know. */
static void gzvm_resample_set_notice(struct gzvm_vm *vm, u32 spi, bool on)
{
	const struct gzvm_enable_cap notice = {
		.cap = GZVM_CAP_END_NOTICE,
		.args = { spi, on },
	};

	gzvm_hvc_enable_cap(vm->id, &notice, NULL);
}

/**
 * gzvm_resample_add() - begin to signal an eventfd at each end of an SPI
 * @vm: the VM
 * @resampler: spi and eventfd are set; the caller's until gzvm_resample_remove()
 */
void gzvm_resample_add(struct gzvm_vm *vm, struct gzvm_resampler *resampler)
{
	struct gzvm_resamplers *resamplers = &vm->resamplers;

	spin_lock(&resamplers->lock);
	if (!gzvm_resample_wanted(resamplers, resampler->spi))
		gzvm_resample_set_notice(vm, resampler->spi, true);
	list_add_tail(&resampler->node, &resamplers->list);
	spin_unlock(&resamplers->lock);
}

/**
 * gzvm_resample_remove() - undo gzvm_resample_add()
 * @vm: the VM
 * @resampler: the resampler; when this has returned it is not signalled any more
 */
void gzvm_resample_remove(struct gzvm_vm *vm, struct gzvm_resampler *resampler)
{
	struct gzvm_resamplers *resamplers = &vm->resamplers;

	spin_lock(&resamplers->lock);
	list_del(&resampler->node);
	if (!gzvm_resample_wanted(resamplers, resampler->spi))
		gzvm_resample_set_notice(vm, resampler->spi, false);
	spin_unlock(&resamplers->lock);
}

static void gzvm_resample_signal(struct gzvm_resamplers *resamplers, u32 first_spi, u32 ended)
{
	struct gzvm_resampler *resampler;
	u32 bit;

	spin_lock(&resamplers->lock);
	list_for_each_entry(resampler, &resamplers->list, node) {
		bit = resampler->spi - first_spi;
		if (bit < GZVM_SPIS_PER_WORD && ended & BIT(bit))
			gzvm_eventfd_signal(resampler->eventfd);
	}
	spin_unlock(&resamplers->lock);
}

/**
 * gzvm_resample_notice() - look for interrupts that a vCPU has ended
 * @vcpu: the vCPU, just left; the caller holds its run_lock
 *
 * Context: the vCPU's thread.
 */
void gzvm_resample_notice(struct gzvm_vcpu *vcpu)
{
	struct gzvm_resamplers *resamplers = &vcpu->vm->resamplers;
	__u32 *words = vcpu->hwstate->ended;
	u32 ended;
	int i;

	lockdep_assert_held(&vcpu->run_lock);
	for (i = 0; i < ARRAY_SIZE(vcpu->hwstate->ended); i++) {
		ended = READ_ONCE(words[i]);
		if (!ended)
			continue;
		WRITE_ONCE(words[i], 0);
		gzvm_resample_signal(resamplers, i * GZVM_SPIS_PER_WORD, ended);
	}
}
