// SPDX-License-Identifier: GPL-2.0-only
/* VMs end with their last descriptor, in any order, and with their process. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "gzvm_test.h"

#define CHURN_THREADS	4
#define CHURN_ROUNDS	40
#define KILLS		5

static void test_close_orders(void)
{
	static const uint32_t code[] = { STR_W(1, 0), BACK(1) };
	struct program p;

	program_start(&p, code, COUNT(code));
	set_register(p.vcpu, GZVM_CORE_X(0), DOORBELL_GPA);
	close(p.vm);
	is_number(counter("vms"), 1, "a VM lives as long as its vCPU's fd");
	is_errno(run(&p), 0, "which can still be run");
	is_number(p.run.exit_reason, GZVM_EXIT_MMIO, "and exits");
	munmap(p.ram, RAM_BYTES);
	is_errno(run(&p), 0, "also when its memory has been unmapped from the process");
	close(p.vcpu);
	ok(counters_become_zero(), "then it ends");

	program_start(&p, code, COUNT(code));
	close(p.vcpu);
	is_number(counter("vcpus"), 1, "a vCPU lives as long as its VM");
	program_stop(&p);
	ok(counters_become_zero(), "and ends with it");
}

static void test_descriptor_elsewhere(void)
{
	int vm = create_vm();
	int pipe_fds[2];
	pid_t child;
	char byte = 0;

	if (pipe2(pipe_fds, O_CLOEXEC))
		bail_out("pipe");
	child = fork();
	if (!child) {
		close(pipe_fds[1]);
		/* The end of the parent's pipe is the word to end. */
		_exit(read(pipe_fds[0], &byte, 1) != 0);
	}
	close(pipe_fds[0]);
	close(vm);
	is_number(counter("vms"), 1, "a VM lives as long as another process holds its fd");
	close(pipe_fds[1]);
	waitpid(child, NULL, 0);
	ok(counters_become_zero(), "and ends with that process");
}

static void test_module_stays(void)
{
	int vm = create_vm();

	if (access("/sys/module/gzvm", F_OK))
		skip("the module cannot be unloaded while a VM lives", "gzvm is no module here");
	else
		is_errno(syscall(SYS_delete_module, "gzvm", O_NONBLOCK), EAGAIN,
			 "the module cannot be unloaded while a VM lives");
	close(vm);
}

/* Everything a VM can have, created and left to close in a hurry. */
static void *churn(void *argument)
{
	static const uint32_t code[] = { STR_W(1, 0), BACK(1) };
	bool *failed = argument;

	for (int i = 0; i < CHURN_ROUNDS; i++) {
		int eventfd = create_eventfd();
		struct gzvm_irqfd irqfd = { .fd = eventfd, .gsi = 7 };
		struct program p;

		program_start(&p, code, COUNT(code));
		set_register(p.vcpu, GZVM_CORE_X(0), DOORBELL_GPA);
		*failed |= assign_doorbell(p.vm, DOORBELL_GPA + 4, 4, eventfd) ||
			   ioctl(p.vm, GZVM_IRQFD, &irqfd) || run(&p) ||
			   p.run.exit_reason != GZVM_EXIT_MMIO;
		if (i & 1)
			close(eventfd);
		program_stop(&p);
		if (!(i & 1))
			close(eventfd);
	}
	return NULL;
}

static void test_churn(void)
{
	pthread_t threads[CHURN_THREADS];
	bool failed[CHURN_THREADS] = { false };
	bool any = false;

	for (int i = 0; i < CHURN_THREADS; i++)
		pthread_create(&threads[i], NULL, churn, &failed[i]);
	for (int i = 0; i < CHURN_THREADS; i++) {
		pthread_join(threads[i], NULL);
		any |= failed[i];
	}
	ok(!any, "4 threads create, run and drop 40 VMs each");
}

void test_lifetime(void)
{
	test_close_orders();
	test_descriptor_elsewhere();
	test_module_stays();
	test_churn();
}

/* A process in mid-run: a guest that spins or rings, doorbells, irqfds. */
static void __attribute__((noreturn)) live_until_killed(int ready, const uint32_t *code,
							size_t instructions)
{
	struct gzvm_irqfd irqfd = { .gsi = 9 };
	struct program p;
	char byte = 1;

	program_start(&p, code, instructions);
	set_register(p.vcpu, GZVM_CORE_X(0), DOORBELL_GPA);
	for (uint32_t i = 0; i < 100; i++)
		assign_doorbell(p.vm, DOORBELL_GPA + 4 * i, 4, create_eventfd());
	irqfd.fd = create_eventfd();
	if (ioctl(p.vm, GZVM_IRQFD, &irqfd) || write(ready, &byte, 1) != 1)
		_exit(1);
	run(&p);
	_exit(2);
}

static void test_kill(const uint32_t *code, size_t instructions, const char *name)
{
	int pipe_fds[2];
	bool lived = true, killed = true;

	for (int i = 0; i < KILLS; i++) {
		char byte;
		int status;
		pid_t child;

		if (pipe2(pipe_fds, O_CLOEXEC))
			bail_out("pipe");
		child = fork();
		if (!child)
			live_until_killed(pipe_fds[1], code, instructions);
		close(pipe_fds[1]);
		lived &= read(pipe_fds[0], &byte, 1) == 1 && counter("vms") == 1 &&
			 counter("doorbells") == 100 && counter("irqfds") == 1;
		/* Let it get into the guest, a little further each time. */
		usleep(20000 * i);
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
		killed &= WIFSIGNALED(status);
		close(pipe_fds[0]);
		killed &= counters_become_zero();
	}
	ok(lived && killed, "%s leaves nothing behind when its process is killed", name);
}

void test_killed_processes(void)
{
	static const uint32_t spin[] = { BACK(0) };
	static const uint32_t ring[] = { STR_W(1, 0), BACK(1) };
	static const uint32_t sleep_forever[] = { WFI, BACK(1) };

	test_kill(spin, COUNT(spin), "a guest that spins");
	test_kill(ring, COUNT(ring), "a guest that rings");
	test_kill(sleep_forever, COUNT(sleep_forever), "a guest that sleeps");
}
