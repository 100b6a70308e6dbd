// SPDX-License-Identifier: GPL-2.0-only
/* What debugfs shows of a VM, and that it is gone when the VM is. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "watched.h"

/* More lines than one read of the kernel's buffer of a page takes. */
#define MANY_DOORBELLS	1000

static void test_files(const struct watched *watched)
{
	static const char *const files[] = {
		"doorbells", "exits", "pinned_pages", "hypervisor_bytes", "shared_bytes",
	};
	struct stat status;
	char path[256];

	for (size_t i = 0; i < COUNT(files); i++) {
		snprintf(path, sizeof(path), "%s%s", watched->folder, files[i]);
		ok(!stat(path, &status) && status.st_mode == (S_IFREG | 0400),
		   "%s can be read by root only", files[i]);
	}
}

static int compare_lines(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Doorbells are shown in no certain order. */
static void sort_lines(char *text)
{
	char *lines[MANY_DOORBELLS], *copy = strdup(text), *end = text;
	size_t count = 0;

	for (char *line = strtok(copy, "\n"); line && count < COUNT(lines);
	     line = strtok(NULL, "\n"))
		lines[count++] = line;
	qsort(lines, count, sizeof(lines[0]), compare_lines);
	for (size_t i = 0; i < count; i++)
		end += sprintf(end, "%s\n", lines[i]);
	free(copy);
}

/* @expected: the whole file, its lines sorted; or a part, when @part */
static void is_text(const struct watched *watched, const char *file, const char *expected,
		    bool part, const char *name)
{
	char *text = read_text(watched->folder, file);

	sort_lines(text);
	if (!ok(part ? count_text(text, expected) == 1 : !strcmp(text, expected), "%s", name))
		diag("%s is \"%s\", expected \"%s\"", file, text, expected);
	free(text);
}

static unsigned long long read_number(const struct watched *watched, const char *file)
{
	char *text = read_text(watched->folder, file);
	unsigned long long number = strtoull(text, NULL, 10);

	free(text);
	return number;
}

static void test_counts(struct watched *watched)
{
	struct program *p = &watched->program;
	char text[64];

	is_text(watched, "doorbells", "", false, "a VM without doorbells shows none");
	is_text(watched, "exits", "", false, "a vCPU that has not run shows no exit");
	is_errno(assign_doorbell(p->vm, WATCHED_ANY_GPA, 4, watched->eventfd), 0,
		 "a doorbell for any data is assigned");
	is_errno(change_data_doorbell(watched, 0), 0, "and one for certain data");
	is_text(watched, "doorbells", "0xb000000 4 * 0\n0xb000008 8 0x2a 0\n", false,
		"both are shown, without hits");
	is_errno(run(p), 0, "RUN returns");
	is_text(watched, "doorbells", "0xb000000 4 * 3\n0xb000008 8 0x2a 1\n", false,
		"each ring is a hit of its doorbell");
	is_number(drain(watched->eventfd), WATCHED_ANY_HITS + WATCHED_DATA_HITS,
		  "and has been signalled");
	is_text(watched, "exits", "0 mmio 5\n", true, "each store is an exit");
	is_text(watched, "exits", "0 exception ", true, "the page fault of the code too");
	is_errno(run(p), 0, "RUN returns");
	is_text(watched, "exits", "0 mmio 10\n", true, "the next round adds its own");
	is_text(watched, "doorbells", "0xb000000 4 * 6\n0xb000008 8 0x2a 2\n", false,
		"and its hits");
	ok(counter("pinned_pages") > 0, "the guest's code is pinned");
	snprintf(text, sizeof(text), "%ld\n", counter("pinned_pages"));
	is_text(watched, "pinned_pages", text, false, "the only VM has all pinned pages");
	snprintf(text, sizeof(text), "%lld\n", counter("pinned_pages") * PAGE_BYTES);
	is_text(watched, "shared_bytes", text, false, "the hypervisor has mapped them all");
	ok(read_number(watched, "hypervisor_bytes") >= PAGE_BYTES,
	   "and needs memory of its own for the VM");

	deassign_doorbell(p->vm, WATCHED_ANY_GPA, 4, watched->eventfd);
	is_text(watched, "doorbells", "0xb000008 8 0x2a 2\n", false,
		"a deassigned doorbell is not shown");
	change_data_doorbell(watched, GZVM_IOEVENTFD_FLAG_DEASSIGN);
	is_text(watched, "doorbells", "", false, "nor is the last one");
}

static uint64_t many_address(unsigned int i)
{
	return DOORBELL_GPA + 0x1000 + 4ULL * i;
}

/* Return: true when @text is the doorbells [0, count) in order, each once. */
static bool are_all_shown(const char *text, unsigned int count)
{
	char line[64];

	for (unsigned int i = 0; i < count; i++) {
		snprintf(line, sizeof(line), "0x%llx 4 * 0\n",
			 (unsigned long long)many_address(i));
		if (strncmp(text, line, strlen(line)))
			return false;
		text += strlen(line);
	}
	return !*text;
}

static void test_many_doorbells(struct watched *watched)
{
	int vm = watched->program.vm;
	unsigned int assigned = 0;
	char *text, piece[64];
	ssize_t before, after;
	char path[256];
	int fd;

	for (unsigned int i = 0; i < MANY_DOORBELLS; i++)
		assigned += !assign_doorbell(vm, many_address(i), 4, watched->eventfd);
	is_number(assigned, MANY_DOORBELLS, "1000 doorbells are assigned");
	text = read_text(watched->folder, "doorbells");
	sort_lines(text);
	ok(are_all_shown(text, MANY_DOORBELLS), "all are shown, each once");
	free(text);

	snprintf(path, sizeof(path), "%sdoorbells", watched->folder);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	before = read(fd, piece, sizeof(piece));
	for (unsigned int i = 0; i < MANY_DOORBELLS; i++)
		deassign_doorbell(vm, many_address(i), 4, watched->eventfd);
	/* What the kernel has formatted already comes; then the list is at its end. */
	while ((after = read(fd, piece, sizeof(piece))) > 0)
		;
	ok(before == sizeof(piece) && !after, "a reader survives that all are taken away");
	close(fd);
}

static void test_end(struct watched *watched)
{
	struct watched gone = *watched;
	char path[256], byte;
	int fd;

	snprintf(path, sizeof(path), "%sexits", watched->folder);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		bail_out(path);
	watched_stop(watched);
	ok(!watched_find_folder(&gone), "the folder ends with the VM");
	is_errno(read(fd, &byte, 1), EIO, "a file that is still open has nothing to read from");
	close(fd);
}

void test_debugfs(void)
{
	struct watched watched;

	watched_start(&watched);
	if (ok(watched.folder[0], "a VM has a folder with its id and its creator's pid")) {
		test_files(&watched);
		test_counts(&watched);
		test_many_doorbells(&watched);
		test_end(&watched);
	} else {
		watched_stop(&watched);
	}
}
