// SPDX-License-Identifier: GPL-2.0-only
/* The descriptors and the memory that the calls are about. */
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"

/*
 * Sleeps, rings, loads and calls, depending on the entry and on x0, x1 and x3,
 * and never ends by itself.
 */
static const uint32_t program[FUZZ_PROGRAM_ENTRIES] = {
	WFI, STR_W(1, 0), ADD_1(1, 1), LDR_X(2, 0), STRB(1, 3), HVC, STR_X(1, 0), BACK(6),
};

static void *map_at(uint64_t address, uint64_t bytes, int protection, int flags, int fd)
{
	void *memory = mmap((void *)(uintptr_t)address, bytes, protection, flags, fd, 0);

	if (memory == MAP_FAILED)
		bail_out("mmap");
	return memory;
}

static int make_file(uint64_t bytes)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, bytes))
		bail_out("memfd");
	return fd;
}

/* The same page twice, so that a read-only argument can be filled in. */
static void map_arguments(unsigned int thread)
{
	uint64_t base = FUZZ_ARGUMENTS + thread * FUZZ_ARGUMENTS_STRIDE;
	int fd = make_file(FUZZ_PAGE);

	map_at(base, FUZZ_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd);
	map_at(base + FUZZ_PAGE, FUZZ_PAGE, PROT_NONE,
	       MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1);
	map_at(base + 2 * FUZZ_PAGE, FUZZ_PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd);
	close(fd);
}

static void reserve_memory(void)
{
	map_at(FUZZ_MEMORY, FUZZ_VMS * FUZZ_MAPPINGS * FUZZ_MEMORY_STRIDE, PROT_NONE,
	       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1);
}

void fuzz_keep(int fd, int moved_to)
{
	if (moved_to >= 0)
		dup3(fd, moved_to, O_CLOEXEC);
	close(fd);
}

static void renew_eventfd(int number)
{
	int fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

	if (fd >= 0)
		fuzz_keep(fd, number);
}

void fuzz_pool_open(void)
{
	int ends[2];
	void *values;

	for (unsigned int i = 0; i < FUZZ_MAX_THREADS; i++)
		map_arguments(i);
	values = map_at(FUZZ_VALUES, FUZZ_PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1);
	fuzz_fill_values(values);
	reserve_memory();
	fuzz_keep(open_device(), FUZZ_FD_DEVICE);
	fuzz_keep(open("/dev/null", O_RDWR | O_CLOEXEC), FUZZ_FD_NULL);
	if (pipe2(ends, O_CLOEXEC))
		bail_out("pipe");
	fuzz_keep(ends[0], FUZZ_FD_PIPE);
	close(ends[1]);
	for (int i = 0; i < FUZZ_EVENTFDS; i++)
		renew_eventfd(FUZZ_FD_EVENTFD(i));
}

void fuzz_pool_close(void)
{
	for (int fd = FUZZ_FD_DEVICE; fd < FUZZ_FD_END; fd++)
		close(fd);
	munmap((void *)(uintptr_t)FUZZ_MEMORY,
	       FUZZ_VMS * FUZZ_MAPPINGS * FUZZ_MEMORY_STRIDE);
}

static void map_guest_memory(uint64_t address, uint64_t bytes)
{
	int fd = make_file(bytes);

	/* Written before it is mapped: another thread may unmap it at any time. */
	if (pwrite(fd, program, sizeof(program), 0) != sizeof(program))
		bail_out("pwrite");
	map_at(address, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd);
	close(fd);
}

void fuzz_act(const struct fuzz_step *step)
{
	uint64_t address = FUZZ_MEMORY + step->subject * FUZZ_MEMORY_STRIDE;
	uint64_t value = 1;

	switch (step->action) {
	case FUZZ_CALL:
		break;
	case FUZZ_CLOSE:
		close(step->subject);
		break;
	case FUZZ_RING:
		/* Whether there is an eventfd to take it, is left to chance. */
		value = write(step->subject, &value, sizeof(value));
		break;
	case FUZZ_DRAIN:
		drain(step->subject);
		break;
	case FUZZ_NEW_EVENTFD:
		renew_eventfd(step->subject);
		break;
	case FUZZ_MAP:
		map_guest_memory(address, step->bytes);
		break;
	case FUZZ_UNMAP:
		map_at(address, FUZZ_MEMORY_STRIDE, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1);
		break;
	case FUZZ_PROTECT:
		mprotect((void *)(uintptr_t)address, FUZZ_PAGE, PROT_READ);
		break;
	}
}
