// SPDX-License-Identifier: GPL-2.0-only
/*
 * Doorbells: guest stores that become eventfd signals inside the kernel.
 *
 * A store is looked up with at most three hash probes, one for each kind of
 * doorbell that can match it: the data, any data of this width, any width. The
 * collision rule lets at most one of them succeed, so the order is free, and the
 * cost depends neither on how many doorbells there are nor on how many share an
 * address. An assign finds what it collides with in the same way.
 *
 * A vCPU that looks up takes no lock: the memory of an entry is kept by RCU, and
 * the vCPU says in vcpu->ringing which entry it is about to signal. An assign
 * publishes the entry and returns. A deassign marks the entry dead and waits only
 * for those vCPUs that are inside the signal of this very entry. Waiting for a
 * grace period instead would cost milliseconds for each queue of each device
 * reset; it is left to kfree_rcu(), for which nobody waits.
 */
#include <linux/err.h>
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/hash.h>
#include <linux/mm.h>
#include <linux/rculist.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/wait_bit.h>

#include "gzvm.h"
#include "gzvm_compat.h"
#include "gzvm_ioeventfd_rules.h"
#include "gzvm_trace.h"

/**
 * struct gzvm_ioeventfd_entry - an assigned doorbell
 * @key: its identity, constant
 * @eventfd: what it signals; one reference, held until the entry is dead and no
 *           vCPU is ringing it
 * @dead: deassigned; set once
 * @hits: how often it was rung; exact, also when vCPUs ring at once
 * @store_node: in ioeventfds.by_store
 * @width_node: in ioeventfds.by_width
 * @rcu: delays the freeing until no look-up can stand on the entry
 */
struct gzvm_ioeventfd_entry {
	struct gzvm_doorbell_key key;
	struct eventfd_ctx *eventfd;
	bool dead;
	atomic64_t hits;
	struct hlist_node store_node;
	struct hlist_node width_node;
	struct rcu_head rcu;
};

static u32 gzvm_ioeventfd_store_hash(const struct gzvm_doorbell_key *key)
{
	u64 kind = (u64)key->len << 1 | key->wildcard;

	/* Two multiplications: data of neighbouring queues spread like addresses do. */
	return hash_64(hash_64(key->addr, 64) ^ kind << 59 ^ key->datamatch,
		       GZVM_IOEVENTFD_STORE_BITS);
}

static u32 gzvm_ioeventfd_width_hash(u64 addr, u32 len)
{
	return hash_64(addr ^ (u64)len << 60, GZVM_IOEVENTFD_WIDTH_BITS);
}

/**
 * gzvm_ioeventfd_init() - prepare a VM without doorbells
 * @vm: the VM
 *
 * Return: 0 or -ENOMEM; then nothing has to be released.
 */
int gzvm_ioeventfd_init(struct gzvm_vm *vm)
{
	struct gzvm_ioeventfds *ioeventfds = &vm->ioeventfds;

	mutex_init(&ioeventfds->lock);
	ioeventfds->by_store = kvcalloc(GZVM_IOEVENTFD_STORE_BUCKETS, sizeof(struct hlist_head),
					GFP_KERNEL_ACCOUNT);
	if (!ioeventfds->by_store)
		return -ENOMEM;
	ioeventfds->by_width = kvcalloc(GZVM_IOEVENTFD_WIDTH_BUCKETS, sizeof(struct hlist_head),
					GFP_KERNEL_ACCOUNT);
	if (!ioeventfds->by_width) {
		kvfree(ioeventfds->by_store);
		return -ENOMEM;
	}
	return 0;
}

static void gzvm_ioeventfd_free(struct gzvm_ioeventfd_entry *entry)
{
	eventfd_ctx_put(entry->eventfd);
	kfree_rcu(entry, rcu);
	atomic_long_dec(&gzvm_driver.doorbells);
}

/**
 * gzvm_ioeventfd_release() - drop all doorbells of a VM
 * @vm: the VM, which nobody can reach any more: there are no readers to wait for
 */
void gzvm_ioeventfd_release(struct gzvm_vm *vm)
{
	struct gzvm_ioeventfds *ioeventfds = &vm->ioeventfds;
	struct gzvm_ioeventfd_entry *entry;
	struct hlist_node *next;
	u32 i;

	for (i = 0; i < GZVM_IOEVENTFD_WIDTH_BUCKETS; i++)
		hlist_for_each_entry_safe(entry, next, &ioeventfds->by_width[i], width_node)
			gzvm_ioeventfd_free(entry);
	kvfree(ioeventfds->by_width);
	kvfree(ioeventfds->by_store);
}

/* ------------------------------------------------------------------ */
/* Look-up                                                            */

/* The entry among those that hash like @key which @store rings. */
static __always_inline struct gzvm_ioeventfd_entry *
gzvm_ioeventfd_probe(struct gzvm_ioeventfds *ioeventfds, const struct gzvm_doorbell_key key,
		     const struct gzvm_store *store)
{
	struct hlist_head *bucket = &ioeventfds->by_store[gzvm_ioeventfd_store_hash(&key)];
	struct gzvm_ioeventfd_entry *entry;

	hlist_for_each_entry_rcu(entry, bucket, store_node, lockdep_is_held(&ioeventfds->lock))
		if (gzvm_doorbell_matches(&entry->key, store))
			return entry;
	return NULL;
}

/* The doorbell that @store rings. Under RCU, or with ioeventfds.lock held. */
static struct gzvm_ioeventfd_entry *gzvm_ioeventfd_find(struct gzvm_ioeventfds *ioeventfds,
							const struct gzvm_store *store)
{
	const struct gzvm_doorbell_key data = {
		.addr = store->addr, .len = store->len, .datamatch = store->data,
	};
	const struct gzvm_doorbell_key any_data = {
		.addr = store->addr, .len = store->len, .wildcard = true,
	};
	const struct gzvm_doorbell_key any_width = { .addr = store->addr, .wildcard = true };

	return gzvm_ioeventfd_probe(ioeventfds, data, store) ?:
	       gzvm_ioeventfd_probe(ioeventfds, any_data, store) ?:
	       gzvm_ioeventfd_probe(ioeventfds, any_width, store);
}

/* A doorbell of exactly this address and width. */
static struct gzvm_ioeventfd_entry *gzvm_ioeventfd_at(struct gzvm_ioeventfds *ioeventfds,
						      u64 addr, u32 len)
{
	struct gzvm_ioeventfd_entry *entry;

	lockdep_assert_held(&ioeventfds->lock);
	hlist_for_each_entry(entry, &ioeventfds->by_width[gzvm_ioeventfd_width_hash(addr, len)],
			     width_node)
		if (entry->key.addr == addr && entry->key.len == len)
			return entry;
	return NULL;
}

/*
 * A doorbell that gzvm_doorbell_collides() with @key, or NULL. With data, it is one
 * that the store of these data rings; with any data, one of the same width or of
 * any; with any width, one of whatever width.
 */
static struct gzvm_ioeventfd_entry *gzvm_ioeventfd_rival(struct gzvm_ioeventfds *ioeventfds,
							 const struct gzvm_doorbell_key *key)
{
	const struct gzvm_store store = {
		.addr = key->addr, .len = key->len, .data = key->datamatch,
	};
	struct gzvm_ioeventfd_entry *rival;
	u32 len;

	if (!key->wildcard)
		return gzvm_ioeventfd_find(ioeventfds, &store);
	rival = gzvm_ioeventfd_at(ioeventfds, key->addr, 0);
	if (rival || key->len)
		return rival ?: gzvm_ioeventfd_at(ioeventfds, key->addr, key->len);
	for (len = 1; len <= sizeof(u64) && !rival; len <<= 1)
		rival = gzvm_ioeventfd_at(ioeventfds, key->addr, len);
	return rival;
}

/* ------------------------------------------------------------------ */
/* Assign and deassign                                                */

/* Publishes @entry, if its key is free. */
static int gzvm_ioeventfd_link(struct gzvm_ioeventfds *ioeventfds,
			       struct gzvm_ioeventfd_entry *entry)
{
	const struct gzvm_doorbell_key *key = &entry->key;

	lockdep_assert_held(&ioeventfds->lock);
	if (gzvm_ioeventfd_rival(ioeventfds, key))
		return -EEXIST;
	if (ioeventfds->count >= GZVM_MAX_IOEVENTFDS)
		return -ENOSPC;
	hlist_add_head(&entry->width_node,
		       &ioeventfds->by_width[gzvm_ioeventfd_width_hash(key->addr, key->len)]);
	hlist_add_head_rcu(&entry->store_node,
			   &ioeventfds->by_store[gzvm_ioeventfd_store_hash(key)]);
	ioeventfds->count++;
	atomic_long_inc(&gzvm_driver.doorbells);
	return 0;
}

static void gzvm_ioeventfd_unlink(struct gzvm_ioeventfds *ioeventfds,
				  struct gzvm_ioeventfd_entry *entry)
{
	lockdep_assert_held(&ioeventfds->lock);
	hlist_del_rcu(&entry->store_node);
	hlist_del(&entry->width_node);
	ioeventfds->count--;
}

/* The doorbell of exactly this key, or NULL. */
static struct gzvm_ioeventfd_entry *gzvm_ioeventfd_get(struct gzvm_ioeventfds *ioeventfds,
						       const struct gzvm_doorbell_key *key)
{
	struct hlist_head *bucket = &ioeventfds->by_store[gzvm_ioeventfd_store_hash(key)];
	struct gzvm_ioeventfd_entry *entry;

	lockdep_assert_held(&ioeventfds->lock);
	hlist_for_each_entry(entry, bucket, store_node)
		if (gzvm_doorbell_equal(&entry->key, key))
			return entry;
	return NULL;
}

static int gzvm_ioeventfd_assign(struct gzvm_vm *vm, const struct gzvm_doorbell_key *key, int fd)
{
	struct gzvm_ioeventfds *ioeventfds = &vm->ioeventfds;
	struct gzvm_ioeventfd_entry *entry;
	struct eventfd_ctx *eventfd;
	int ret;

	eventfd = eventfd_ctx_fdget(fd);
	if (IS_ERR(eventfd))
		return PTR_ERR(eventfd);

	entry = kzalloc(sizeof(*entry), GFP_KERNEL_ACCOUNT);
	if (!entry) {
		ret = -ENOMEM;
		goto err_put;
	}
	entry->key = *key;
	entry->eventfd = eventfd;

	mutex_lock(&ioeventfds->lock);
	ret = gzvm_ioeventfd_link(ioeventfds, entry);
	mutex_unlock(&ioeventfds->lock);
	if (ret)
		goto err_free;
	trace_gzvm_ioeventfd_assign(vm->id, key);
	return 0;

err_free:
	kfree(entry);
err_put:
	eventfd_ctx_put(eventfd);
	return ret;
}

static bool gzvm_ioeventfd_ringing(struct gzvm_vm *vm, const struct gzvm_ioeventfd_entry *entry)
{
	struct gzvm_vcpu *vcpu;
	int i;

	for (i = 0; i < GZVM_MAX_VCPUS; i++) {
		/* Pairs with the release that shows the vCPU when it is complete. */
		vcpu = smp_load_acquire(&vm->vcpus[i]);
		/* Pairs with the release in gzvm_ioeventfd_ring(): the signal is over. */
		if (vcpu && smp_load_acquire(&vcpu->ringing) == entry)
			return true;
	}
	return false;
}

/* After this no vCPU signals the unlinked entry any more. */
static void gzvm_ioeventfd_silence(struct gzvm_vm *vm, struct gzvm_ioeventfd_entry *entry)
{
	WRITE_ONCE(entry->dead, true);
	/*
	 * Pairs with the first barrier in gzvm_ioeventfd_ring(): a vCPU that does not
	 * see the mark is seen ringing here.
	 */
	smp_mb();
	wait_var_event(entry, !gzvm_ioeventfd_ringing(vm, entry));
}

static int gzvm_ioeventfd_deassign(struct gzvm_vm *vm, const struct gzvm_doorbell_key *key,
				   int fd)
{
	struct gzvm_ioeventfds *ioeventfds = &vm->ioeventfds;
	struct gzvm_ioeventfd_entry *entry;
	struct eventfd_ctx *eventfd;

	eventfd = eventfd_ctx_fdget(fd);
	if (IS_ERR(eventfd))
		return PTR_ERR(eventfd);

	mutex_lock(&ioeventfds->lock);
	entry = gzvm_ioeventfd_get(ioeventfds, key);
	if (entry && entry->eventfd != eventfd)
		entry = NULL;
	if (entry)
		gzvm_ioeventfd_unlink(ioeventfds, entry);
	mutex_unlock(&ioeventfds->lock);
	eventfd_ctx_put(eventfd);
	if (!entry)
		return -ENOENT;

	gzvm_ioeventfd_silence(vm, entry);
	trace_gzvm_ioeventfd_deassign(vm->id, key);
	gzvm_ioeventfd_free(entry);
	return 0;
}

/**
 * gzvm_ioeventfd_ioctl() - assign or deassign a doorbell
 * @vm: the VM
 * @args: private copy of the ioctl's argument
 *
 * When a deassign has returned, the eventfd is not signalled through this
 * doorbell any more and the doorbell's reference to it is gone.
 *
 * Return: 0; -EINVAL for unknown flags, PIO, a set @pad or a doorbell that no
 * store can ring; -EBADF or -EINVAL when @fd is no eventfd; assign: -EEXIST on
 * collision, -ENOSPC beyond GZVM_MAX_IOEVENTFDS, -ENOMEM; deassign: -ENOENT.
 */
int gzvm_ioeventfd_ioctl(struct gzvm_vm *vm, const struct gzvm_ioeventfd *args)
{
	bool wildcard = !(args->flags & GZVM_IOEVENTFD_FLAG_DATAMATCH);
	const struct gzvm_doorbell_key key = {
		.addr = args->addr,
		.datamatch = wildcard ? 0 : args->datamatch,
		.len = args->len,
		.wildcard = wildcard,
	};

	if (args->flags & ~(GZVM_IOEVENTFD_FLAG_DATAMATCH | GZVM_IOEVENTFD_FLAG_DEASSIGN))
		return -EINVAL;
	if (memchr_inv(args->pad, 0, sizeof(args->pad)))
		return -EINVAL;
	if (!gzvm_doorbell_valid(&key))
		return -EINVAL;

	if (args->flags & GZVM_IOEVENTFD_FLAG_DEASSIGN)
		return gzvm_ioeventfd_deassign(vm, &key, args->fd);
	return gzvm_ioeventfd_assign(vm, &key, args->fd);
}

/**
 * gzvm_ioeventfd_visit() - show the doorbells of one hash bucket
 * @vm: the VM
 * @bucket: less than GZVM_IOEVENTFD_STORE_BUCKETS
 * @show: called for each, in no certain order, with ioeventfds.lock held
 * @argument: passed to @show
 */
void gzvm_ioeventfd_visit(struct gzvm_vm *vm, u32 bucket,
			  void (*show)(void *argument, const struct gzvm_doorbell_key *key,
				       u64 hits),
			  void *argument)
{
	struct gzvm_ioeventfds *ioeventfds = &vm->ioeventfds;
	struct gzvm_ioeventfd_entry *entry;

	mutex_lock(&ioeventfds->lock);
	hlist_for_each_entry(entry, &ioeventfds->by_store[bucket], store_node)
		show(argument, &entry->key, atomic64_read(&entry->hits));
	mutex_unlock(&ioeventfds->lock);
}

/* ------------------------------------------------------------------ */
/* Ringing                                                            */

/* Signals a found entry, unless it is deassigned at this moment. */
static bool gzvm_ioeventfd_ring(struct gzvm_vcpu *vcpu, struct gzvm_ioeventfd_entry *entry)
{
	bool dead;

	WRITE_ONCE(vcpu->ringing, entry);
	/* Pairs with the barrier in gzvm_ioeventfd_silence(). */
	smp_mb();
	dead = READ_ONCE(entry->dead);
	if (!dead) {
		/* First, so that whoever reads the eventfd finds it counted. */
		atomic64_inc(&entry->hits);
		gzvm_eventfd_signal(entry->eventfd);
	}
	/* Pairs with the acquire in gzvm_ioeventfd_ringing(). */
	smp_store_release(&vcpu->ringing, NULL);
	/* Either we see that somebody waits, or he sees that we are through. */
	smp_mb();
	if (READ_ONCE(entry->dead))
		wake_up_var(entry);
	return !dead;
}

/**
 * gzvm_ioeventfd_signal() - ring the doorbell that a store matches
 * @vcpu: the vCPU that has stored; the caller holds its run_lock
 * @store: private copy of the store
 *
 * Context: the vCPU's thread; does not sleep or allocate.
 * Return: true when there was one, and the guest can go on.
 */
bool gzvm_ioeventfd_signal(struct gzvm_vcpu *vcpu, const struct gzvm_store *store)
{
	struct gzvm_ioeventfd_entry *entry;
	bool rung = false;

	lockdep_assert_held(&vcpu->run_lock);
	rcu_read_lock();
	entry = gzvm_ioeventfd_find(&vcpu->vm->ioeventfds, store);
	if (entry)
		rung = gzvm_ioeventfd_ring(vcpu, entry);
	rcu_read_unlock();
	if (rung)
		trace_gzvm_ioeventfd_hit(vcpu->vm->id, vcpu->id, store);
	else
		trace_gzvm_ioeventfd_miss(vcpu->vm->id, vcpu->id, store);
	return rung;
}
