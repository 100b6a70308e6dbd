// SPDX-License-Identifier: GPL-2.0-only
/*
 * memory_search PID TEXT: looks for TEXT in all memory that jinn, process PID, has made for
 * a guest. One line for each such memory: its name, how many pages it has, how many of them
 * the hypervisor refuses to show, in how many the text is.
 *
 * It reads through a mapping of its own, as any program of the host could. Pages that
 * nobody has touched are left out: reading one would make it.
 */
#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE_BYTES	4096
#define PREFIX		"/memfd:jinn-"

struct findings {
	unsigned long pages;
	unsigned long refused;
	unsigned long found;
};

static sigjmp_buf refused;

static void on_bus_error(int signal)
{
	siglongjmp(refused, signal);
}

static void look_at_page(const char *page, const char *text, struct findings *findings)
{
	static char copy[PAGE_BYTES];

	findings->pages++;
	if (sigsetjmp(refused, 1)) {
		findings->refused++;
		return;
	}
	memcpy(copy, page, PAGE_BYTES);
	if (memmem(copy, PAGE_BYTES, text, strlen(text)))
		findings->found++;
}

/* The next touched page of the file from @offset on, or its end. */
static off_t next_page(int fd, off_t offset, off_t end)
{
	off_t data = lseek(fd, offset, SEEK_DATA);

	return data < 0 ? end : data;
}

static bool search(const char *path, const char *name, const char *text)
{
	struct findings findings = { 0 };
	int fd = open(path, O_RDONLY);
	off_t end = lseek(fd, 0, SEEK_END);
	const char *memory = mmap(NULL, end, PROT_READ, MAP_SHARED, fd, 0);

	if (memory == MAP_FAILED) {
		perror(path);
		return false;
	}
	for (off_t page = next_page(fd, 0, end); page < end;
	     page = next_page(fd, page + PAGE_BYTES, end))
		look_at_page(memory + page, text, &findings);
	printf("%s: %lu pages, %lu refused, text in %lu\n", name, findings.pages,
	       findings.refused, findings.found);
	close(fd);
	return !munmap((void *)memory, end);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_bus_error };
	char directory[32], path[300], target[300];
	unsigned int memories = 0;
	struct dirent *entry;
	DIR *fds;

	if (argc != 3) {
		fprintf(stderr, "usage: memory_search PID TEXT\n");
		return 2;
	}
	sigaction(SIGBUS, &action, NULL);
	snprintf(directory, sizeof(directory), "/proc/%d/fd", atoi(argv[1]));
	fds = opendir(directory);
	while (fds && (entry = readdir(fds))) {
		ssize_t length;

		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		length = readlink(path, target, sizeof(target) - 1);
		target[length < 0 ? 0 : length] = 0;
		if (strncmp(target, PREFIX, strlen(PREFIX)))
			continue;
		*strchr(target, ' ') = 0;
		if (!search(path, target + strlen("/memfd:"), argv[2]))
			return 1;
		memories++;
	}
	if (!memories)
		fprintf(stderr, "memory_search: process %s has no memory of a guest\n", argv[1]);
	return !memories;
}
