// SPDX-License-Identifier: GPL-2.0-only
/*
 * Doorbells: guest stores that become eventfd signals inside the kernel.
 *
 * A store is looked up with at most three hash probes, one for each kind of
 * doorbell that can match it: the data, any data of this width, any width. The
 * collision rule lets at most one of them succeed, so the order is free, and the
 * cost depends neither on how many doorbells there are nor on how many share an
 * address.
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
 * @key_node: in ioeventfds.by_key
 * @rcu: delays the freeing until no look-up can stand on the entry
 */
struct gzvm_ioeventfd_entry {
	struct gzvm_doorbell_key key;
	struct eventfd_ctx *eventfd;
	bool dead;
	atomic64_t hits;
	struct hlist_node store_node;
	struct rb_node key_node;
	struct rcu_head rcu;
};

static u32 gzvm_ioeventfd_hash(const struct gzvm_doorbell_key *key)
{
	u64 kind = (u64)key->len << 1 | key->wildcard;

	/* Two multiplications: data of neighbouring queues spread like addresses do. */
	return hash_64(hash_64(key->addr + kind, 64) ^ key->datamatch, GZVM_IOEVENTFD_HASH_BITS);
}

/**
 * gzvm_ioeventfd_init() - prepare a VM without doorbells
 * @vm: the VM
 *
 * Return: 0 or -ENOMEM.
 */
int gzvm_ioeventfd_init(struct gzvm_vm *vm)
{
	struct gzvm_ioeventfds *ioeventfds = &vm->ioeventfds;

	mutex_init(&ioeventfds->lock);
	ioeventfds->by_key = RB_ROOT;
	ioeventfds->by_store = kvcalloc(1 << GZVM_IOEVENTFD_HASH_BITS, sizeof(struct hlist_head),
					GFP_KERNEL_ACCOUNT);
	return ioeventfds->by_store ? 0 : -ENOMEM;
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
	struct gzvm_ioeventfd_entry *entry, *next;

	rbtree_postorder_for_each_entry_safe(entry, next, &vm->ioeventfds.by_key, key_node)
		gzvm_ioeventfd_free(entry);
	kvfree(vm->ioeventfds.by_store);
}

/**
 * struct gzvm_ioeventfd_place - where a key belongs in ioeventfds.by_key
 * @parent: node to hang it on
 * @link: on which side
 * @before: the last entry before the key, or NULL
 * @after: the first entry that is not before the key, or NULL
 */
struct gzvm_ioeventfd_place {
	struct rb_node *parent;
	struct rb_node **link;
	struct gzvm_ioeventfd_entry *before;
	struct gzvm_ioeventfd_entry *after;
};

static struct gzvm_ioeventfd_place gzvm_ioeventfd_find(struct gzvm_ioeventfds *ioeventfds,
						       const struct gzvm_doorbell_key *key)
{
	struct gzvm_ioeventfd_place place = { .link = &ioeventfds->by_key.rb_node };
	struct gzvm_ioeventfd_entry *entry;

	lockdep_assert_held(&ioeventfds->lock);
	while (*place.link) {
		place.parent = *place.link;
		entry = rb_entry(place.parent, struct gzvm_ioeventfd_entry, key_node);
		if (gzvm_doorbell_compare(&entry->key, key) < 0) {
			place.before = entry;
			place.link = &place.parent->rb_right;
		} else {
			place.after = entry;
			place.link = &place.parent->rb_left;
		}
	}
	return place;
}

/* Looking at the neighbours is enough; gzvm_doorbell_compare() says why. */
static bool gzvm_ioeventfd_taken(const struct gzvm_ioeventfd_place *place,
				 const struct gzvm_doorbell_key *key)
{
	return (place->before && gzvm_doorbell_collides(&place->before->key, key)) ||
	       (place->after && gzvm_doorbell_collides(&place->after->key, key));
}

/* Publishes @entry, if its key is free. */
static int gzvm_ioeventfd_link(struct gzvm_ioeventfds *ioeventfds,
			       struct gzvm_ioeventfd_entry *entry)
{
	struct gzvm_ioeventfd_place place = gzvm_ioeventfd_find(ioeventfds, &entry->key);

	lockdep_assert_held(&ioeventfds->lock);
	if (gzvm_ioeventfd_taken(&place, &entry->key))
		return -EEXIST;
	if (ioeventfds->count >= GZVM_MAX_IOEVENTFDS)
		return -ENOSPC;
	rb_link_node(&entry->key_node, place.parent, place.link);
	rb_insert_color(&entry->key_node, &ioeventfds->by_key);
	hlist_add_head_rcu(&entry->store_node,
			   &ioeventfds->by_store[gzvm_ioeventfd_hash(&entry->key)]);
	ioeventfds->count++;
	atomic_long_inc(&gzvm_driver.doorbells);
	return 0;
}

static void gzvm_ioeventfd_unlink(struct gzvm_ioeventfds *ioeventfds,
				  struct gzvm_ioeventfd_entry *entry)
{
	lockdep_assert_held(&ioeventfds->lock);
	hlist_del_rcu(&entry->store_node);
	rb_erase(&entry->key_node, &ioeventfds->by_key);
	ioeventfds->count--;
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
	entry = gzvm_ioeventfd_find(ioeventfds, key).after;
	if (entry && (gzvm_doorbell_compare(&entry->key, key) || entry->eventfd != eventfd))
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
 * gzvm_ioeventfd_look() - copy what is known of a doorbell
 * @vm: the VM
 * @key: in: where to begin, in the order of gzvm_doorbell_compare(); out: the
 *       doorbell found, unchanged when there is none
 * @behind: skip a doorbell that equals @key
 * @hits: out: how often it was rung
 *
 * Return: true when there is one.
 */
bool gzvm_ioeventfd_look(struct gzvm_vm *vm, struct gzvm_doorbell_key *key, bool behind, u64 *hits)
{
	struct gzvm_ioeventfds *ioeventfds = &vm->ioeventfds;
	struct gzvm_ioeventfd_entry *entry;

	mutex_lock(&ioeventfds->lock);
	entry = gzvm_ioeventfd_find(ioeventfds, key).after;
	if (entry && behind && !gzvm_doorbell_compare(&entry->key, key))
		entry = rb_entry_safe(rb_next(&entry->key_node), struct gzvm_ioeventfd_entry,
				      key_node);
	if (entry) {
		*key = entry->key;
		*hits = atomic64_read(&entry->hits);
	}
	mutex_unlock(&ioeventfds->lock);
	return entry;
}

static struct gzvm_ioeventfd_entry *gzvm_ioeventfd_probe(struct gzvm_ioeventfds *ioeventfds,
							 const struct gzvm_doorbell_key *key,
							 const struct gzvm_store *store)
{
	struct hlist_head *bucket = &ioeventfds->by_store[gzvm_ioeventfd_hash(key)];
	struct gzvm_ioeventfd_entry *entry;

	hlist_for_each_entry_rcu(entry, bucket, store_node)
		if (gzvm_doorbell_matches(&entry->key, store))
			return entry;
	return NULL;
}

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
	const struct gzvm_doorbell_key kinds[] = {
		{ .addr = store->addr, .len = store->len, .datamatch = store->data },
		{ .addr = store->addr, .len = store->len, .wildcard = true },
		{ .addr = store->addr, .len = 0, .wildcard = true },
	};
	struct gzvm_ioeventfd_entry *entry = NULL;
	bool rung = false;
	int i;

	lockdep_assert_held(&vcpu->run_lock);
	rcu_read_lock();
	for (i = 0; i < ARRAY_SIZE(kinds) && !entry; i++)
		entry = gzvm_ioeventfd_probe(&vcpu->vm->ioeventfds, &kinds[i], store);
	if (entry)
		rung = gzvm_ioeventfd_ring(vcpu, entry);
	rcu_read_unlock();
	if (rung)
		trace_gzvm_ioeventfd_hit(vcpu->vm->id, vcpu->id, store);
	else
		trace_gzvm_ioeventfd_miss(vcpu->vm->id, vcpu->id, store);
	return rung;
}
