// SPDX-License-Identifier: GPL-2.0-only
/* gzvm_runner: boots one guest on /dev/gzvm and prints what it did. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"

#define EXIT_USAGE		64
#define DEFAULT_MEMORY_MIB	64
#define DEFAULT_TIMEOUT_S	60

struct options {
	unsigned int cpus;
	uint64_t memory_mib;
	unsigned int timeout_s;
	bool userspace;
	const char *dtb;
	const char *initrd;
	uint64_t initrd_gpa;
	unsigned int doorbell_count;
	struct machine_doorbell doorbells[MACHINE_MAX_DOORBELLS];
	unsigned int interrupt_count;
	struct machine_interrupt interrupts[MACHINE_MAX_INTERRUPTS];
};

static void __attribute__((noreturn)) usage(void)
{
	fprintf(stderr,
		"usage: gzvm_runner GUEST [option]...\n"
		"  --doorbell ADDRESS/LENGTH[=DATA]  count stores to a doorbell, LENGTH 0 for any\n"
		"  --userspace                       match doorbells in user space\n"
		"  --irq-line GSI@MS                 pulse SPI GSI MS milliseconds after start\n"
		"  --irqfd GSI@MS                    the same through an eventfd\n"
		"  --cpus N                          1..8, default 1\n"
		"  --memory MIB                      RAM at 0x40000000, default %d\n"
		"  --timeout S                       give up after S seconds, default %d\n"
		"  --dtb FILE                        device tree, put at the end of RAM\n"
		"  --initrd FILE@GPA                 a further file\n"
		"exit status: 0 power off, 1 host failure, 2 reset, 3 crash, 4 unmapped access,\n"
		"             5 timeout, 64 usage\n",
		DEFAULT_MEMORY_MIB, DEFAULT_TIMEOUT_S);
	exit(EXIT_USAGE);
}

/* Reads a number up to one of the characters of @ends; sets *rest to that character. */
static uint64_t number(const char *text, const char *ends, char **rest)
{
	uint64_t value;

	errno = 0;
	value = strtoull(text, rest, 0);
	if (errno || *rest == text || (**rest && !strchr(ends, **rest))) {
		fprintf(stderr, "gzvm_runner: '%s' does not begin with a number\n", text);
		usage();
	}
	return value;
}

static uint64_t bounded(const char *text, uint64_t low, uint64_t high)
{
	char *rest;
	uint64_t value = number(text, "", &rest);

	if (value < low || value > high) {
		fprintf(stderr, "gzvm_runner: '%s' is not within %llu..%llu\n", text,
			(unsigned long long)low, (unsigned long long)high);
		usage();
	}
	return value;
}

static void add_doorbell(struct options *o, const char *text)
{
	struct machine_doorbell *d = &o->doorbells[o->doorbell_count];
	char *rest;

	if (o->doorbell_count++ == MACHINE_MAX_DOORBELLS)
		usage();
	d->address = number(text, "/", &rest);
	if (*rest++ != '/')
		usage();
	d->length = number(rest, "=", &rest);
	d->match = *rest == '=';
	if (d->match)
		d->data = number(rest + 1, "", &rest);
}

static void add_interrupt(struct options *o, const char *text, bool by_irqfd)
{
	struct machine_interrupt *i = &o->interrupts[o->interrupt_count];
	char *rest;

	if (o->interrupt_count++ == MACHINE_MAX_INTERRUPTS)
		usage();
	i->gsi = number(text, "@", &rest);
	if (*rest != '@')
		usage();
	i->at_ms = number(rest + 1, "", &rest);
	i->by_irqfd = by_irqfd;
}

static void set_initrd(struct options *o, char *text)
{
	char *at = strrchr(text, '@');
	char *rest;

	if (!at)
		usage();
	*at = '\0';
	o->initrd = text;
	o->initrd_gpa = number(at + 1, "", &rest);
}

static const char *parse(struct options *o, int argc, char **argv)
{
	static const struct option names[] = {
		{ "doorbell", required_argument, NULL, 'b' },
		{ "userspace", no_argument, NULL, 'u' },
		{ "irq-line", required_argument, NULL, 'i' },
		{ "irqfd", required_argument, NULL, 'f' },
		{ "cpus", required_argument, NULL, 'c' },
		{ "memory", required_argument, NULL, 'm' },
		{ "timeout", required_argument, NULL, 't' },
		{ "dtb", required_argument, NULL, 'd' },
		{ "initrd", required_argument, NULL, 'r' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		switch (option) {
		case 'b':
			add_doorbell(o, optarg);
			break;
		case 'u':
			o->userspace = true;
			break;
		case 'i':
			add_interrupt(o, optarg, false);
			break;
		case 'f':
			add_interrupt(o, optarg, true);
			break;
		case 'c':
			o->cpus = bounded(optarg, 1, GZVM_MAX_VCPUS);
			break;
		case 'm':
			o->memory_mib = bounded(optarg, 4, 1 << 20) & ~1ULL;
			break;
		case 't':
			o->timeout_s = bounded(optarg, 1, 86400);
			break;
		case 'd':
			o->dtb = optarg;
			break;
		case 'r':
			set_initrd(o, optarg);
			break;
		default:
			usage();
		}
	}
	if (optind + 1 != argc)
		usage();
	return argv[optind];
}

static int configure(struct machine *m, const struct options *o, const char *guest)
{
	m->echo = true;
	if (machine_load_kernel(m, guest))
		return -1;
	if (o->dtb && machine_load_dtb(m, o->dtb))
		return -1;
	if (o->initrd && machine_load(m, o->initrd, o->initrd_gpa))
		return -1;
	for (unsigned int i = 0; i < o->doorbell_count; i++) {
		struct machine_doorbell doorbell = o->doorbells[i];

		doorbell.in_kernel = !o->userspace;
		if (machine_add_doorbell(m, &doorbell))
			return -1;
	}
	for (unsigned int i = 0; i < o->interrupt_count; i++)
		if (machine_add_interrupt(m, &o->interrupts[i]))
			return -1;
	return 0;
}

static void print_summary(const struct machine *m, enum machine_outcome outcome)
{
	static const char *const names[] = {
		[MACHINE_POWERED_OFF] = "power off",
		[MACHINE_FAILED] = "host failure",
		[MACHINE_RESET] = "reset",
		[MACHINE_CRASHED] = "crash",
		[MACHINE_UNMAPPED] = "unmapped access",
		[MACHINE_TIMED_OUT] = "timeout",
	};

	for (unsigned int i = 0; i < m->doorbell_count; i++) {
		const struct machine_doorbell *d = &m->doorbells[i];

		printf("doorbell 0x%llx/%u", (unsigned long long)d->address, d->length);
		if (d->match)
			printf("=0x%llx", (unsigned long long)d->data);
		printf(": kernel %llu, user %llu\n", (unsigned long long)d->kernel_rings,
		       (unsigned long long)d->user_rings);
	}
	for (unsigned int i = 0; i < m->access_count; i++) {
		const struct machine_access *a = &m->accesses[i];

		printf("access 0x%llx/%llu: %s", (unsigned long long)a->address,
		       (unsigned long long)a->size, a->is_write ? "write" : "read");
		if (a->is_write)
			printf(" 0x%llx", (unsigned long long)a->data);
		printf("\n");
	}
	for (unsigned int i = 0; i < m->vcpu_count; i++) {
		const struct machine_vcpu *v = &m->vcpus[i];

		printf("vcpu %u: returns %llu (MMIO %llu, system event %llu), interrupted %llu\n",
		       i, (unsigned long long)v->returns, (unsigned long long)v->mmio_exits,
		       (unsigned long long)v->system_events,
		       (unsigned long long)v->interruptions);
	}
	printf("outcome: %s\n", names[outcome]);
}

int main(int argc, char **argv)
{
	struct options options = {
		.cpus = 1,
		.memory_mib = DEFAULT_MEMORY_MIB,
		.timeout_s = DEFAULT_TIMEOUT_S,
	};
	const char *guest = parse(&options, argc, argv);
	enum machine_outcome outcome = MACHINE_FAILED;
	struct machine *m;

	m = machine_create(options.cpus, options.memory_mib << 20);
	if (!m)
		return MACHINE_FAILED;
	if (!configure(m, &options, guest)) {
		outcome = machine_run(m, options.timeout_s * 1000);
		print_summary(m, outcome);
	}
	machine_destroy(m);
	return outcome;
}
