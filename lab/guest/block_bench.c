/*
 * Reads a disk past the page cache and prints how many nanoseconds a request takes; where QEMU
 * counts instructions, that is how many the whole machine executes for it. Runs in the guest:
 * block_bench DEVICE.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MAX_DEPTH = 16, PAGE_BYTES = 4096 };

struct pattern {
	const char *name;
	unsigned int depth;
	unsigned int bytes;
	int sequential;
	/* Requests before the figure: what serves them has to be compiled first. */
	unsigned int warm_up;
	unsigned int measured;
};

static const struct pattern patterns[] = {
	{ "4k-random-qd1", 1, 4096, 0, 30000, 2000 },
	{ "4k-random-qd16", 16, 4096, 0, 30000, 4000 },
	{ "64k-sequential", 1, 65536, 1, 3000, 1000 },
	{ "1m-sequential", 1, 1 << 20, 1, 300, 200 },
};

static uint64_t disk_bytes;
static uint64_t position;
static uint64_t seed = 1;
static char *buffers[MAX_DEPTH];

static int fail(const char *what)
{
	fprintf(stderr, "block_bench: %s: %s\n", what, strerror(errno));
	return -1;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

/* Returns where the next request reads. The numbers are the same in each run. */
static uint64_t next_offset(const struct pattern *pattern)
{
	uint64_t slots = disk_bytes / pattern->bytes;

	if (pattern->sequential)
		return position++ % slots * pattern->bytes;
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (seed >> 33) % slots * pattern->bytes;
}

static int submit(aio_context_t context, const struct pattern *pattern, int fd, struct iocb *blocks,
		  const unsigned int *which, unsigned int count)
{
	struct iocb *list[MAX_DEPTH];

	for (unsigned int i = 0; i < count; i++) {
		struct iocb *block = &blocks[which[i]];

		memset(block, 0, sizeof(*block));
		block->aio_data = which[i];
		block->aio_lio_opcode = IOCB_CMD_PREAD;
		block->aio_fildes = fd;
		block->aio_buf = (uintptr_t)buffers[which[i]];
		block->aio_nbytes = pattern->bytes;
		block->aio_offset = next_offset(pattern);
		list[i] = block;
	}
	return syscall(SYS_io_submit, context, count, list) == (long)count ? 0 : fail("io_submit");
}

/*
 * Keeps that many requests under way until "count" are done: each batch that ends is replaced by
 * one as large.
 */
static int run_deep(const struct pattern *pattern, int fd, unsigned int count)
{
	struct iocb blocks[MAX_DEPTH];
	struct io_event events[MAX_DEPTH];
	unsigned int which[MAX_DEPTH];
	aio_context_t context = 0;
	unsigned int done = 0;

	if (syscall(SYS_io_setup, MAX_DEPTH, &context))
		return fail("io_setup");
	for (unsigned int i = 0; i < pattern->depth; i++)
		which[i] = i;
	if (submit(context, pattern, fd, blocks, which, pattern->depth))
		return -1;
	while (done < count) {
		long ended = syscall(SYS_io_getevents, context, 1, MAX_DEPTH, events, NULL);

		if (ended < 0)
			return fail("io_getevents");
		for (long i = 0; i < ended; i++) {
			if (events[i].res != pattern->bytes)
				return fail("a request");
			which[i] = events[i].data;
		}
		done += ended;
		if (submit(context, pattern, fd, blocks, which, ended))
			return -1;
	}
	return syscall(SYS_io_destroy, context) ? fail("io_destroy") : 0;
}

static int run_single(const struct pattern *pattern, int fd, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		if (pread(fd, buffers[0], pattern->bytes, next_offset(pattern)) != pattern->bytes)
			return fail("a read");
	}
	return 0;
}

static int run(const struct pattern *pattern, int fd, unsigned int count)
{
	return pattern->depth == 1 ? run_single(pattern, fd, count) : run_deep(pattern, fd, count);
}

int main(int argc, char **argv)
{
	int fd = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECT) : -1;

	if (fd < 0 || ioctl(fd, BLKGETSIZE64, &disk_bytes))
		return fail("cannot open the disk") ? 1 : 0;
	for (int i = 0; i < MAX_DEPTH; i++) {
		if (posix_memalign((void **)&buffers[i], PAGE_BYTES, 1 << 20))
			return 1;
		memset(buffers[i], 1, 1 << 20);
	}
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		const struct pattern *pattern = &patterns[i];
		uint64_t start;

		if (run(pattern, fd, pattern->warm_up))
			return 1;
		/* A compiler in the background ends its work. */
		sleep(1);
		start = now_ns();
		if (run(pattern, fd, pattern->measured))
			return 1;
		printf("bench %s %llu\n", pattern->name,
		       (unsigned long long)((now_ns() - start) / pattern->measured));
		fflush(stdout);
	}
	return 0;
}
