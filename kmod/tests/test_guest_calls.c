// SPDX-License-Identifier: GPL-2.0-only
/* The guest's hypercalls: the clock (PTP), who is there, and what is not. */
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "gzvm_test.h"

/* Function ids of the guest (SMCCC, vendor-specific hypervisor service, 32 bits). */
#define VENDOR_UID		0x8600ff01ULL
#define VENDOR_FEATURES		0x86000000ULL
#define VENDOR_FEATURE_PTP	(1ULL << 1)
#define VENDOR_PTP		0x86000001ULL
#define UNKNOWN_CALL		0x86000777ULL
#define NOT_SUPPORTED		(~0ULL)

#define COUNTER_VIRTUAL		0
#define COUNTER_PHYSICAL	1
#define COUNTER_NONE		2

#define NS_PER_S		1000000000ULL

/* MRS xt, CNTVCT_EL0 and CNTPCT_EL0 */
#define MRS_CNTVCT(t)		(0xd53be040u | (t))
#define MRS_CNTPCT(t)		(0xd53be020u | (t))
#define ISB			0xd5033fdfu

/* What a call has left in x0..x3, and the guest's counter before and after it. */
struct answer {
	uint64_t x[4];
	uint64_t before;
	uint64_t after;
};

static uint64_t next_store(struct program *p)
{
	uint64_t value = 0;

	if (run(p) || p->run.exit_reason != GZVM_EXIT_MMIO)
		diag("exit 0x%x", p->run.exit_reason);
	memcpy(&value, p->run.mmio.data, sizeof(value));
	return value;
}

/* Calls @function with @argument in x1 from a guest; @read_counter is a MRS to x0. */
static struct answer call(uint64_t function, uint64_t argument, uint32_t read_counter)
{
	const uint32_t code[] = {
		read_counter | 5, ISB, HVC, ISB, read_counter | 6,
		STR_X(0, 8), STR_X(1, 8), STR_X(2, 8), STR_X(3, 8), STR_X(5, 8), STR_X(6, 8),
	};
	struct answer answer;
	struct program p;

	program_start(&p, code, COUNT(code));
	set_register(p.vcpu, GZVM_CORE_X(0), function);
	set_register(p.vcpu, GZVM_CORE_X(1), argument);
	set_register(p.vcpu, GZVM_CORE_X(8), DOORBELL_GPA);
	for (size_t i = 0; i < COUNT(answer.x); i++)
		answer.x[i] = next_store(&p);
	answer.before = next_store(&p);
	answer.after = next_store(&p);
	program_stop(&p);
	return answer;
}

static uint64_t real_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

static void test_clock(uint64_t counter, uint32_t read_counter, const char *name)
{
	uint64_t before = real_time();
	struct answer answer = call(VENDOR_PTP, counter, read_counter);
	uint64_t after = real_time();
	uint64_t nanoseconds = answer.x[0] << 32 | answer.x[1];
	uint64_t cycles = answer.x[2] << 32 | answer.x[3];

	diag("PTP with the %s counter", name);
	ok(nanoseconds >= before && nanoseconds <= after, "the time is the host's");
	if (counter == COUNTER_NONE)
		is_number(cycles, 0, "a counter that there is not is 0");
	else
		ok(cycles >= answer.before && cycles <= answer.after,
		   "the count is the guest's, of the same moment");
	ok(!(answer.x[1] >> 32) && !(answer.x[3] >> 32), "low halves have 32 bits");
}

void test_guest_calls(void)
{
	/* 28b46fb6-2ec5-11e9-a9ca-4b564d003a74, what stock Linux guests look for. */
	static const uint64_t kvm_uid[] = { 0xb66fb428, 0xe911c52e, 0x564bcaa9, 0x743a004d };
	struct answer answer = call(VENDOR_UID, 0, MRS_CNTVCT(0));

	ok(!memcmp(answer.x, kvm_uid, sizeof(kvm_uid)), "the UID makes stock ptp_kvm look further");
	answer = call(VENDOR_FEATURES, 0, MRS_CNTVCT(0));
	ok(answer.x[0] & VENDOR_FEATURE_PTP, "the features have PTP");
	test_clock(COUNTER_VIRTUAL, MRS_CNTVCT(0), "virtual");
	test_clock(COUNTER_PHYSICAL, MRS_CNTPCT(0), "physical");
	test_clock(COUNTER_NONE, MRS_CNTVCT(0), "no");
	answer = call(UNKNOWN_CALL, 0, MRS_CNTVCT(0));
	is_number(answer.x[0], NOT_SUPPORTED, "an unknown call is not supported");
	/* An id is 32 bits wide: what lies above is not looked at. */
	answer = call(UNKNOWN_CALL | 1ULL << 32, 0, MRS_CNTVCT(0));
	is_number(answer.x[0], NOT_SUPPORTED, "with bits above the id, too");
}
