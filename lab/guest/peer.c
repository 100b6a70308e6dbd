/*
 * Two ends of a stream, for tests of networks and sockets. One end echoes what it gets; the other sends a sequence that a
 * seed decides, reads it back at the same time, and compares every byte.
 *
 *   peer serve ADDRESS [COUNT]   takes COUNT connections (default 1), one after the other, and echoes each until its end
 *   peer send ADDRESS BYTES      sends BYTES bytes, compares the echo, prints "peer: BYTES bytes the same"
 *   peer ask ADDRESS BYTES       the same with an echo that never ends: it leaves when all has come back
 *   peer tap NAME                makes a tap with several queues, which busybox's tunctl cannot
 *
 * ADDRESS is tcp:IPV4:PORT, vsock:CID:PORT, unix:PATH, or unix:PATH@PORT, where a port of a guest is asked for with
 * CONNECT. "send" and "ask" try to connect for ten minutes, because the other end may still be starting. The exit code is 0 if
 * all went well.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/vm_sockets.h>

#define CONNECT_TRIES 6000
#define CONNECT_PAUSE_US 100000
#define BUFFER_BYTES 65536
#define LINGER_SECONDS 60

union address {
	struct sockaddr any;
	struct sockaddr_in in;
	struct sockaddr_vm vm;
	struct sockaddr_un un;
};

struct endpoint {
	union address address;
	socklen_t length;
	/* The port to ask for with CONNECT, or NULL. */
	const char *guest_port;
};

static void die(const char *what)
{
	fprintf(stderr, "peer: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Splits FIRST:SECOND at the last colon. */
static char *split(char *text)
{
	char *colon = strrchr(text, ':');

	if (!colon) {
		fprintf(stderr, "peer: no port in %s\n", text);
		exit(2);
	}
	*colon = '\0';
	return colon + 1;
}

static void parse(char *text, struct endpoint *end)
{
	char *at;

	memset(end, 0, sizeof(*end));
	if (!strncmp(text, "tcp:", 4)) {
		end->address.in.sin_family = AF_INET;
		end->address.in.sin_port = htons(atoi(split(text + 4)));
		inet_pton(AF_INET, text + 4, &end->address.in.sin_addr);
		end->length = sizeof(end->address.in);
	} else if (!strncmp(text, "vsock:", 6)) {
		end->address.vm.svm_family = AF_VSOCK;
		end->address.vm.svm_port = strtoul(split(text + 6), NULL, 10);
		end->address.vm.svm_cid = strtoul(text + 6, NULL, 10);
		end->length = sizeof(end->address.vm);
	} else if (!strncmp(text, "unix:", 5)) {
		at = strrchr(text, '@');
		if (at) {
			*at = '\0';
			end->guest_port = at + 1;
		}
		end->address.un.sun_family = AF_UNIX;
		strncpy(end->address.un.sun_path, text + 5, sizeof(end->address.un.sun_path) - 1);
		end->length = sizeof(end->address.un);
	} else {
		fprintf(stderr, "peer: unknown address %s\n", text);
		exit(2);
	}
}

/* The byte at a place of the sequence; it does not repeat within any buffer. */
static uint8_t sequence(uint64_t place)
{
	uint64_t mixed = (place >> 3) * 0x9e3779b97f4a7c15u;

	return (mixed ^ (mixed >> 29)) >> (8 * (place & 7));
}

/* Writes all of it. Returns 0, or -1 if the other end takes no more. */
static int write_all(int fd, const uint8_t *bytes, size_t count)
{
	ssize_t written;

	while (count > 0) {
		written = write(fd, bytes, count);
		if (written < 0)
			return -1;
		bytes += written;
		count -= written;
	}
	return 0;
}

static uint64_t echo(int fd)
{
	static uint8_t buffer[BUFFER_BYTES];
	uint64_t total = 0;
	ssize_t got;

	while ((got = read(fd, buffer, sizeof(buffer))) > 0) {
		if (write_all(fd, buffer, got))
			die("write");
		total += got;
	}
	if (got < 0)
		die("read");
	return total;
}

/*
 * Closes when the other end has all that was written. The machine may be powered off right after the last connection: what
 * its kernel would still have to send, or to send again, the other end would wait for without an end.
 */
static void close_delivered(int fd)
{
	struct linger linger = { .l_onoff = 1, .l_linger = LINGER_SECONDS };

	if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)))
		die("linger");
	close(fd);
}

static void serve(struct endpoint *end, int count)
{
	int one = 1, listener = socket(end->address.any.sa_family, SOCK_STREAM, 0);
	int fd;

	if (listener < 0)
		die("socket");
	if (end->address.any.sa_family == AF_UNIX)
		unlink(end->address.un.sun_path);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, &end->address.any, end->length) || listen(listener, 16))
		die("listen");
	printf("peer: listening\n");
	fflush(stdout);
	while (count-- > 0) {
		fd = accept(listener, NULL, NULL);
		if (fd < 0)
			die("accept");
		printf("peer: echoed %llu bytes\n", (unsigned long long)echo(fd));
		fflush(stdout);
		close_delivered(fd);
	}
}

/* Asks Jinn for the guest's port. Returns 0 once it says OK, -1 if it does not. */
static int ask(int fd, const char *port)
{
	char line[64];
	size_t length = snprintf(line, sizeof(line), "CONNECT %s\n", port);

	if (write_all(fd, (uint8_t *)line, length))
		return -1;
	for (length = 0; length < sizeof(line) - 1; length++) {
		if (read(fd, line + length, 1) != 1)
			return -1;
		if (line[length] == '\n')
			break;
	}
	line[length] = '\0';
	return strncmp(line, "OK ", 3);
}

static int try_connect(struct endpoint *end)
{
	int fd = socket(end->address.any.sa_family, SOCK_STREAM, 0);

	if (fd < 0)
		die("socket");
	if (connect(fd, &end->address.any, end->length) ||
	    (end->guest_port && ask(fd, end->guest_port))) {
		close(fd);
		return -1;
	}
	return fd;
}

static int connect_patiently(struct endpoint *end)
{
	int fd, tries;

	for (tries = 0; tries < CONNECT_TRIES; tries++) {
		fd = try_connect(end);
		if (fd >= 0)
			return fd;
		usleep(CONNECT_PAUSE_US);
	}
	die("connect");
	return -1;
}

/*
 * Sends and compares at the same time: neither end needs room for more than a buffer. With ENDS the echo is ended, and has
 * to end in its turn.
 */
static void exchange(int fd, uint64_t bytes, int ends)
{
	static uint8_t out[BUFFER_BYTES], in[BUFFER_BYTES];
	uint64_t sent = 0, compared = 0;
	struct pollfd poller = { .fd = fd };
	size_t i, count;
	ssize_t moved;

	while (ends || compared < bytes) {
		poller.events = POLLIN | (sent < bytes ? POLLOUT : 0);
		if (poll(&poller, 1, -1) < 0)
			die("poll");
		if (poller.revents & (POLLIN | POLLHUP | POLLERR)) {
			moved = recv(fd, in, sizeof(in), MSG_DONTWAIT);
			if (moved == 0)
				break;
			if (moved < 0 && errno != EAGAIN)
				die("read");
			for (i = 0; moved > 0 && i < (size_t)moved; i++, compared++) {
				if (in[i] != sequence(compared)) {
					fprintf(stderr, "peer: byte %llu is wrong\n",
						(unsigned long long)compared);
					exit(1);
				}
			}
		}
		if (sent < bytes && (poller.revents & POLLOUT)) {
			count = bytes - sent < sizeof(out) ? bytes - sent : sizeof(out);
			for (i = 0; i < count; i++)
				out[i] = sequence(sent + i);
			moved = send(fd, out, count, MSG_DONTWAIT | MSG_NOSIGNAL);
			if (moved < 0 && errno != EAGAIN)
				die("write");
			sent += moved > 0 ? moved : 0;
			/* The other end echoes what is under way and then ends in its turn. */
			if (sent == bytes && ends && shutdown(fd, SHUT_WR))
				die("shutdown");
		}
	}
	if (compared != bytes) {
		fprintf(stderr, "peer: %llu of %llu bytes came back\n",
			(unsigned long long)compared, (unsigned long long)bytes);
		exit(1);
	}
	printf("peer: %llu bytes the same\n", (unsigned long long)bytes);
}

/* It stays when this program has ended. */
static void make_tap(const char *name)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_MULTI_QUEUE };
	int tap = open("/dev/net/tun", O_RDWR);

	if (tap < 0)
		die("/dev/net/tun");
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
	if (ioctl(tap, TUNSETIFF, &request) || ioctl(tap, TUNSETPERSIST, 1))
		die(name);
	close(tap);
}

int main(int argc, char **argv)
{
	struct endpoint end;

	if (argc < 3) {
		fprintf(stderr, "usage: peer serve ADDRESS [COUNT] | peer send|ask ADDRESS BYTES | peer tap NAME\n");
		return 2;
	}
	if (!strcmp(argv[1], "tap")) {
		make_tap(argv[2]);
		return 0;
	}
	parse(argv[2], &end);
	if (!strcmp(argv[1], "serve"))
		serve(&end, argc > 3 ? atoi(argv[3]) : 1);
	else if (argc > 3)
		exchange(connect_patiently(&end), strtoull(argv[3], NULL, 10),
			 strcmp(argv[1], "ask") != 0);
	return 0;
}
