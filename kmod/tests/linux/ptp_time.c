// SPDX-License-Identifier: GPL-2.0-only
/* ptp_time: prints the seconds since 1970 by /dev/ptp0, which in a guest is the host's clock. */
#include <fcntl.h>
#include <stdio.h>
#include <time.h>

/* A clock's id for its descriptor (Linux, Documentation/driver-api/ptp.rst). */
#define FD_TO_CLOCKID(fd)	((~(clockid_t)(fd) << 3) | 3)

int main(void)
{
	struct timespec now;
	int fd = open("/dev/ptp0", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || clock_gettime(FD_TO_CLOCKID(fd), &now)) {
		perror("ptp_time: /dev/ptp0");
		return 1;
	}
	printf("ptp=%lld\n", (long long)now.tv_sec);
	return 0;
}
