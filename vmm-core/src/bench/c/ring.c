/*
 * The device's side of a split virtqueue in C, as jinn.virtio.queue has it in Java: the same rules
 * of virtio 1.2 section 2.7 are checked, each descriptor is read once, and nothing that the driver
 * wrote is trusted. The rings are translated when the queue is set up, buffers for each request.
 * What make bench-java compares the Java queue with.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	DESC_NEXT = 1,
	DESC_WRITE = 2,
	DESC_INDIRECT = 4,
	MAX_SIZE = 256,
	MAX_REGIONS = 4,
};

struct region {
	uint64_t guest;
	uint64_t size;
	uint8_t *host;
};

struct memory {
	struct region regions[MAX_REGIONS];
	unsigned int count;
};

struct desc {
	uint64_t addr;
	uint32_t len;
	uint16_t flags;
	uint16_t next;
};

struct used_elem {
	uint32_t id;
	uint32_t len;
};

struct chain {
	uint64_t addrs[MAX_SIZE];
	uint64_t lens[MAX_SIZE];
	unsigned int head;
	unsigned int count;
	unsigned int readable;
	uint64_t readable_bytes;
	uint64_t writable_bytes;
	uint64_t written;
};

struct queue {
	struct memory memory;
	struct desc *table;
	uint8_t *avail;
	uint8_t *used;
	uint32_t size;
	bool indirect;
	uint16_t next_avail;
	uint16_t next_used;
	uint64_t requests;
};

/* Returns where the range is on the host, or NULL if any byte of it is outside of guest memory. */
static void *translate(const struct memory *memory, uint64_t addr, uint64_t len)
{
	for (unsigned int i = 0; i < memory->count; i++) {
		const struct region *region = &memory->regions[i];
		uint64_t offset = addr - region->guest;

		if (addr >= region->guest && len <= region->size && offset <= region->size - len)
			return region->host + offset;
	}
	return NULL;
}

static bool append(const struct queue *queue, struct chain *chain, const struct desc *desc)
{
	bool writable = desc->flags & DESC_WRITE;

	if (chain->count == queue->size || !desc->len)
		return false;
	if (!writable && chain->count > chain->readable)
		return false;
	if (!translate(&queue->memory, desc->addr, desc->len))
		return false;
	chain->addrs[chain->count] = desc->addr;
	chain->lens[chain->count] = desc->len;
	chain->count++;
	if (writable) {
		chain->writable_bytes += desc->len;
	} else {
		chain->readable++;
		chain->readable_bytes += desc->len;
	}
	return chain->readable_bytes + chain->writable_bytes <= UINT32_MAX;
}

static bool load(const struct queue *queue, struct chain *chain, unsigned int head)
{
	const struct desc *table = queue->table;
	uint32_t size = queue->size;
	unsigned int index = head;
	bool nested = false;

	chain->head = head;
	chain->count = 0;
	chain->readable = 0;
	chain->readable_bytes = 0;
	chain->writable_bytes = 0;
	chain->written = 0;
	for (;;) {
		struct desc desc;

		memcpy(&desc, &table[index], sizeof(desc));
		if (desc.flags & DESC_INDIRECT) {
			if (nested || !queue->indirect || (desc.flags & DESC_NEXT) || !desc.len ||
			    desc.len % sizeof(desc))
				return false;
			table = translate(&queue->memory, desc.addr, desc.len);
			if (!table)
				return false;
			size = desc.len / sizeof(desc);
			index = 0;
			nested = true;
			continue;
		}
		if (!append(queue, chain, &desc))
			return false;
		if (!(desc.flags & DESC_NEXT))
			return true;
		if (desc.next >= size)
			return false;
		index = desc.next;
	}
}

static int pop(struct queue *queue, struct chain *chain)
{
	_Atomic uint16_t *shown = (_Atomic uint16_t *)(queue->avail + 2);
	uint16_t index = atomic_load_explicit(shown, memory_order_acquire);
	uint16_t available = index - queue->next_avail;
	uint16_t head;

	if (!available)
		return 0;
	if (available > queue->size)
		return -1;
	memcpy(&head, queue->avail + 4 + 2 * (queue->next_avail & (queue->size - 1)), sizeof(head));
	if (head >= queue->size || !load(queue, chain, head))
		return -1;
	queue->next_avail++;
	queue->requests++;
	return 1;
}

static void add_used(struct queue *queue, const struct chain *chain)
{
	struct used_elem elem = { chain->head, (uint32_t)chain->written };
	uint32_t slot = queue->next_used & (queue->size - 1);

	memcpy(queue->used + 4 + sizeof(elem) * slot, &elem, sizeof(elem));
	queue->next_used++;
}

static void publish(struct queue *queue)
{
	_Atomic uint16_t *shown = (_Atomic uint16_t *)(queue->used + 2);

	atomic_store_explicit(shown, queue->next_used, memory_order_release);
	atomic_thread_fence(memory_order_seq_cst);
}

/*
 * Takes and gives back what the driver has made available, in each of the rounds a queue full of
 * it, and returns how many requests that were; 0 after a fault. The caller has filled the rings.
 */
long ring_run(void *host, uint64_t guest, uint64_t bytes, uint64_t table, uint64_t avail,
	      uint64_t used, uint32_t size, long rounds)
{
	static struct chain chain;
	struct queue queue = {
		.memory = { .regions = { { guest, bytes, host } }, .count = 1 },
		.size = size,
		.indirect = true,
	};
	_Atomic uint16_t *avail_index;

	queue.table = translate(&queue.memory, table, 16 * (uint64_t)size);
	queue.avail = translate(&queue.memory, avail, 6 + 2 * (uint64_t)size);
	queue.used = translate(&queue.memory, used, 6 + 8 * (uint64_t)size);
	if (!queue.table || !queue.avail || !queue.used)
		return 0;
	avail_index = (_Atomic uint16_t *)(queue.avail + 2);
	atomic_store(avail_index, 0);
	for (long round = 0; round < rounds; round++) {
		uint16_t full = queue.next_avail + size;
		int status;

		atomic_store_explicit(avail_index, full, memory_order_release);
		while ((status = pop(&queue, &chain)) > 0)
			add_used(&queue, &chain);
		if (status < 0)
			return 0;
		publish(&queue);
	}
	return queue.requests;
}
