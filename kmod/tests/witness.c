// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gzvm_test.h"
#include "witness.h"

/* Levels of syslog: 0 emergency .. 4 warning .. 7 debug. */
#define LEVEL_MASK	7
#define LEVEL_WARNING	4
/* More than the kernel puts into one record. */
#define RECORD_BYTES	8192
#define CENSUS_POLLS	300
#define CENSUS_POLL_NS	10000000L

int kernel_log_open(void)
{
	int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (log >= 0)
		lseek(log, 0, SEEK_END);
	return log;
}

/*
 * What others say who are not to blame: the timers of an emulated machine that has
 * to wait for a real CPU; debugfs, which a test has deprived of memory.
 */
static const char *const excused[] = {
	"hrtimer: interrupt took ",
	"debugfs: out of free dentries, ",
};

static bool is_excused(const char *text)
{
	for (size_t i = 0; i < COUNT(excused); i++)
		if (!strncmp(text, excused[i], strlen(excused[i])))
			return true;
	return false;
}

/* A record is "priority,number,time,flags;text"; the priority has the facility above. */
static bool is_complaint(const char *record, bool of_driver)
{
	const char *text = strchr(record, ';');

	if (text && is_excused(text + 1))
		return false;
	if ((strtol(record, NULL, 10) & LEVEL_MASK) <= LEVEL_WARNING)
		return true;
	return of_driver && text && strstr(text, "gzvm");
}

unsigned int kernel_log_complaints(int log, bool of_driver)
{
	unsigned int complaints = 0;
	char record[RECORD_BYTES];
	ssize_t bytes;

	for (;;) {
		bytes = read(log, record, sizeof(record) - 1);
		if (bytes < 0 && errno == EPIPE) {
			diag("the kernel's log has overflowed");
			complaints++;
			continue;
		}
		if (bytes <= 0)
			return complaints;
		record[bytes] = '\0';
		if (is_complaint(record, of_driver)) {
			diag("kernel: %.*s", (int)strcspn(record, "\n"), record);
			complaints++;
		}
	}
}

static int eventfd_id(int fd)
{
	char path[64], line[128];
	FILE *file;
	int id = -1;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	if (!file)
		return -1;
	while (id < 0 && fgets(line, sizeof(line), file))
		if (sscanf(line, "eventfd-id: %d", &id) != 1)
			id = -1;
	fclose(file);
	return id;
}

bool eventfd_census_take(struct eventfd_census *census)
{
	int fds[CENSUS_EVENTFDS];
	bool shown = true;

	for (int i = 0; i < CENSUS_EVENTFDS; i++) {
		fds[i] = create_eventfd();
		census->ids[i] = eventfd_id(fds[i]);
		shown &= census->ids[i] >= 0;
	}
	for (int i = 0; i < CENSUS_EVENTFDS; i++)
		close(fds[i]);
	return shown;
}

bool eventfd_census_is_as_before(const struct eventfd_census *before)
{
	const struct timespec pause = { .tv_nsec = CENSUS_POLL_NS };
	struct eventfd_census now;

	for (int i = 0; i < CENSUS_POLLS; i++) {
		if (i)
			nanosleep(&pause, NULL);
		if (eventfd_census_take(&now) && !memcmp(&now, before, sizeof(now)))
			return true;
	}
	return false;
}
