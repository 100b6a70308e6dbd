/*
 * Sends messages over a stream to who echoes them, waits for each answer, and prints how many nanoseconds a round trip takes;
 * where QEMU counts instructions, that is how many the whole machine executes for it. Runs in the guest:
 * net_bench IPV4 PORT.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_BYTES = 65536, CONNECT_TRIES = 100 };

struct pattern {
	const char *name;
	unsigned int bytes;
	/* Round trips before the figure: what serves them has to be compiled first. */
	unsigned int warm_up;
	unsigned int measured;
};

static const struct pattern patterns[] = {
	{ "64", 64, 20000, 2000 },
	{ "64k", MAX_BYTES, 2000, 500 },
};

static char message[MAX_BYTES];

static int fail(const char *what)
{
	fprintf(stderr, "net_bench: %s: %s\n", what, strerror(errno));
	return -1;
}

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

/* The address of an interface takes a moment until it answers. */
static int connect_patiently(const struct sockaddr_in *address)
{
	for (int i = 0; i < CONNECT_TRIES; i++) {
		int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

		if (fd >= 0 && !connect(fd, (const struct sockaddr *)address, sizeof(*address)) &&
		    !setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)))
			return fd;
		close(fd);
		usleep(100000);
	}
	return fail("cannot connect");
}

static int run(int fd, unsigned int bytes, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		if (send(fd, message, bytes, 0) != (ssize_t)bytes)
			return fail("a message");
		if (recv(fd, message, bytes, MSG_WAITALL) != (ssize_t)bytes)
			return fail("an answer");
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	int fd;

	if (argc != 3 || inet_pton(AF_INET, argv[1], &address.sin_addr) != 1)
		return fail("usage: net_bench IPV4 PORT") ? 2 : 0;
	address.sin_port = htons(atoi(argv[2]));
	fd = connect_patiently(&address);
	if (fd < 0)
		return 1;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
		const struct pattern *pattern = &patterns[i];
		uint64_t start;

		if (run(fd, pattern->bytes, pattern->warm_up))
			return 1;
		/* A compiler in the background ends its work. */
		sleep(1);
		start = now_ns();
		if (run(fd, pattern->bytes, pattern->measured))
			return 1;
		printf("bench %s %llu\n", pattern->name,
		       (unsigned long long)((now_ns() - start) / pattern->measured));
		fflush(stdout);
	}
	return 0;
}
