// SPDX-License-Identifier: GPL-2.0-only
/* /init of linux_bench's guest: says that it is there, by a store to 0x0c000000. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define RESULT_GPA	0x0c000000

int main(void)
{
	volatile uint32_t *result;
	int memory;

	mkdir("/dev", 0755);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	memory = open("/dev/mem", O_RDWR | O_SYNC);
	result = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, memory, RESULT_GPA);
	if (result == MAP_FAILED)
		perror("/dev/mem");
	else
		*result = 1;
	for (;;)
		pause();
}
