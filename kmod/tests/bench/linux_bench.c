// SPDX-License-Identifier: GPL-2.0-only
/*
 * linux_bench gzvm|kvm IMAGE INITRD INITRD-GPA DTB - from a guest's first instruction to its /init
 *
 * The initrd's /init has to store to BENCH_RESULT (guest_init.c). The device tree goes to
 * the end of RAM. A PL011 that is always ready takes the kernel's messages, and forgets
 * them; nothing else is there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"

#define RAM_BYTES		(512ULL << 20)
#define KERNEL_OFFSET		0x00200000ULL
#define DTB_BYTES		0x00200000ULL
#define UART_BASE		0x09000000ULL
#define UART_FR			0x18
#define UART_FR_TX_RX_EMPTY	0x90
#define UART_ID			0xfe0

/* Reads a file to an offset of RAM. */
static int load(struct bench *bench, const char *path, uint64_t offset)
{
	char *place = (char *)bench->vm.ram + offset;
	struct stat status;
	ssize_t got = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &status) || offset > RAM_BYTES ||
	    (uint64_t)status.st_size > RAM_BYTES - offset)
		return bench_error("cannot load %s", path);
	for (off_t done = 0; done < status.st_size; done += got) {
		got = read(fd, place + done, status.st_size - done);
		if (got <= 0)
			return bench_error("cannot read %s", path);
	}
	close(fd);
	return 0;
}

static void answer_uart(const struct bench_access *access)
{
	static const uint8_t id[] = { 0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };
	uint64_t offset = access->address - UART_BASE, value = 0;

	if (offset == UART_FR)
		value = UART_FR_TX_RX_EMPTY;
	else if (offset >= UART_ID && offset < UART_ID + 4 * sizeof(id))
		value = id[(offset - UART_ID) / 4];
	memcpy(access->answer, &value, sizeof(value));
}

static int boot(struct bench *bench)
{
	uint64_t start = bench_counter();
	struct bench_access access;
	unsigned int exits = 0;

	do {
		if (bench->backend->run(&bench->vm, &access))
			return -1;
		if (!access.is_write)
			answer_uart(&access);
		exits++;
	} while (!access.is_write || access.address != BENCH_RESULT);
	bench_report("linux-to-init", "", 0, bench_counter() - start, 1);
	fprintf(stderr, "# %u exits to user space\n", exits);
	return 0;
}

int main(int argc, char **argv)
{
	struct bench bench = { .backend = argc == 6 ? bench_backend(argv[1]) : NULL };
	uint64_t dtb = BENCH_RAM_BASE + RAM_BYTES - DTB_BYTES;
	int status;

	if (!bench.backend) {
		fprintf(stderr, "usage: linux_bench gzvm|kvm IMAGE INITRD INITRD-GPA DTB\n");
		return 2;
	}
	status = bench_create(&bench, RAM_BYTES, MADV_NOHUGEPAGE, PROGRAM_STORES) ||
		 load(&bench, argv[2], KERNEL_OFFSET) ||
		 load(&bench, argv[3], strtoull(argv[4], NULL, 0) - BENCH_RAM_BASE) ||
		 load(&bench, argv[5], dtb - BENCH_RAM_BASE) ||
		 bench.backend->set_register(&bench.vm, BENCH_PC, BENCH_RAM_BASE + KERNEL_OFFSET) ||
		 bench.backend->set_register(&bench.vm, BENCH_X0, dtb) || boot(&bench);
	bench_destroy(&bench);
	return status ? EXIT_FAILURE : EXIT_SUCCESS;
}
