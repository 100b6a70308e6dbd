// SPDX-License-Identifier: GPL-2.0-only
/* The trace events, as an instance of its own in tracefs records them. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "watched.h"

#define TRACEFS		"/sys/kernel/tracing"
#define INSTANCE	TRACEFS "/instances/gzvm-test/"
#define SPI		20

/* Return: true when all of @text was taken; an empty @text truncates. */
static bool write_text(const char *name, const char *text)
{
	ssize_t bytes = strlen(text);
	char path[256];
	bool written;
	int fd;

	snprintf(path, sizeof(path), INSTANCE "%s", name);
	fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (fd < 0)
		return false;
	written = !bytes || write(fd, text, bytes) == bytes;
	close(fd);
	return written;
}

static bool start_tracing(void)
{
	if (mount("tracefs", TRACEFS, "tracefs", 0, NULL) && errno != EBUSY)
		return false;
	return (!mkdir(INSTANCE, 0700) || errno == EEXIST) && write_text("trace", "");
}

/* Everything that has an event, once, and one round of the guest. */
static void act(struct watched *watched)
{
	struct program *p = &watched->program;
	struct gzvm_irqfd irqfd = { .fd = create_eventfd(), .gsi = SPI };
	const uint64_t one = 1;

	is_errno(assign_doorbell(p->vm, WATCHED_ANY_GPA, 4, watched->eventfd), 0,
		 "a doorbell is assigned");
	is_errno(change_data_doorbell(watched, 0), 0, "and another");
	is_errno(run(p), 0, "RUN returns");
	is_errno(ioctl(p->vm, GZVM_IRQFD, &irqfd), 0, "an irqfd is assigned");
	ok(write(irqfd.fd, &one, sizeof(one)) == sizeof(one), "its eventfd is signalled");
	irqfd.flags = GZVM_IRQFD_FLAG_DEASSIGN;
	is_errno(ioctl(p->vm, GZVM_IRQFD, &irqfd), 0, "it is deassigned");
	close(irqfd.fd);
	deassign_doorbell(p->vm, WATCHED_ANY_GPA, 4, watched->eventfd);
	change_data_doorbell(watched, GZVM_IOEVENTFD_FLAG_DEASSIGN);
}

static void test_recorded(const struct watched *watched, const char *trace)
{
	static const struct {
		const char *name;
		const char *event;	/* %u is the VM's id */
		unsigned int count;
	} rows[] = {
		{ "each ring for any data is a hit",
		  "gzvm_ioeventfd_hit: vm=%u vcpu=0 addr=0xb000000 len=4 data=0x2a\n",
		  WATCHED_ANY_HITS },
		{ "the ring for certain data is a hit",
		  "gzvm_ioeventfd_hit: vm=%u vcpu=0 addr=0xb000008 len=8 data=0x2a\n",
		  WATCHED_DATA_HITS },
		{ "the store of a byte is a miss",
		  "gzvm_ioeventfd_miss: vm=%u vcpu=0 addr=0xb000000 len=1 data=0x2a\n",
		  WATCHED_MISSES },
		{ "each store is an exit by name", "gzvm_vcpu_exit: vm=%u vcpu=0 reason=mmio\n",
		  WATCHED_MMIO_EXITS },
		{ "the assign of a doorbell for any data is seen",
		  "gzvm_ioeventfd_assign: vm=%u addr=0xb000000 len=4 any=0x0\n", 1 },
		{ "the assign of a doorbell for certain data is seen",
		  "gzvm_ioeventfd_assign: vm=%u addr=0xb000008 len=8 data=0x2a\n", 1 },
		{ "the deassign of a doorbell for any data is seen",
		  "gzvm_ioeventfd_deassign: vm=%u addr=0xb000000 len=4 any=0x0\n", 1 },
		{ "the deassign of a doorbell for certain data is seen",
		  "gzvm_ioeventfd_deassign: vm=%u addr=0xb000008 len=8 data=0x2a\n", 1 },
		{ "the signal of an irqfd is an injection",
		  "gzvm_irqfd_inject: vm=%u spi=20 error=0\n", 1 },
	};
	char event[128];

	for (size_t i = 0; i < COUNT(rows); i++) {
		snprintf(event, sizeof(event), rows[i].event, watched->id);
		is_number(count_text(trace, event), rows[i].count, rows[i].name);
	}
}

static void test_hypercalls(const struct watched *watched, const char *trace)
{
	unsigned int entered = count_text(trace, "gzvm_hypercall_enter: ");
	char event[128];

	is_number(count_text(trace, "gzvm_hypercall_leave: run status=0 x1=0x92920001\n"),
		  WATCHED_MMIO_EXITS, "RUN leaves with the reason of each store's exit");
	snprintf(event, sizeof(event), "gzvm_hypercall_enter: irq-line x1=0x%x x2=0x%x x3=0x1\n",
		 watched->id << 16, SPI);
	is_number(count_text(trace, event), 1, "the injection is a hypercall");
	ok(entered > WATCHED_MMIO_EXITS, "hypercalls are entered");
	is_number(count_text(trace, "gzvm_hypercall_leave: "), entered,
		  "and left as often as entered");
}

void test_tracepoints(void)
{
	struct watched watched;
	char *trace;

	if (!start_tracing())
		bail_out("cannot make " INSTANCE);
	watched_start(&watched);
	if (ok(write_text("events/gzvm/enable", "1"), "the events can be switched on")) {
		act(&watched);
		ok(write_text("events/gzvm/enable", "0"), "and off");
		trace = read_text(INSTANCE, "trace");
		test_recorded(&watched, trace);
		test_hypercalls(&watched, trace);
		free(trace);

		write_text("trace", "");
		act(&watched);
		trace = read_text(INSTANCE, "trace");
		is_number(count_text(trace, ": gzvm_"), 0, "events that are off record nothing");
		free(trace);
	}
	watched_stop(&watched);
	is_errno(rmdir(INSTANCE), 0, "nobody uses the events any more");
}
