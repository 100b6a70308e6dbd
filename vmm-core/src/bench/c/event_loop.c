/*
 * An event loop in C, as jinn.event has it in Java: epoll_wait, then for each event the handler
 * that its key stands for. The handler drains its eventfd and signals it again. What make
 * bench-java compares the Java loop with.
 */
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { MAX_EVENTS = 64, WAKE_UP = 1, DOORBELL = 2 };

struct doorbell {
	int fd;
	long left;
	int64_t first_ns;
	int64_t last_ns;
};

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static int signal_fd(int fd)
{
	const uint64_t one = 1;

	return write(fd, &one, sizeof(one)) == sizeof(one) ? 0 : -1;
}

static int ready(struct doorbell *doorbell)
{
	uint64_t count;

	if (read(doorbell->fd, &count, sizeof(count)) != sizeof(count))
		return -1;
	if (!doorbell->first_ns)
		doorbell->first_ns = now_ns();
	if (doorbell->left-- > 0)
		return signal_fd(doorbell->fd);
	doorbell->last_ns = now_ns();
	return 0;
}

static int add(int epoll, int fd, uint64_t key)
{
	struct epoll_event event = { .events = EPOLLIN, .data = { .u64 = key } };

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

/*
 * Serves that many signals of one eventfd, each sent by the handler of the one before. Returns the
 * time from the first handler to the last in ns, or -1 on a failure.
 */
int64_t event_loop_run(long signals)
{
	struct epoll_event events[MAX_EVENTS];
	struct doorbell doorbell = { .left = signals };
	int wake_up = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	int64_t result = -1;

	doorbell.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (add(epoll, wake_up, WAKE_UP) || add(epoll, doorbell.fd, DOORBELL))
		goto out;
	if (signal_fd(doorbell.fd))
		goto out;
	while (!doorbell.last_ns) {
		int count = epoll_wait(epoll, events, MAX_EVENTS, -1);

		for (int i = 0; i < count; i++) {
			if (events[i].data.u64 == DOORBELL && ready(&doorbell))
				goto out;
		}
	}
	result = doorbell.last_ns - doorbell.first_ns;
out:
	close(epoll);
	close(wake_up);
	close(doorbell.fd);
	return result;
}
