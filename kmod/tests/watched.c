// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "watched.h"

void watched_start(struct watched *watched)
{
	/* The BACK() is executed by the second round. */
	static const uint32_t code[] = { STR_W(1, 0), STR_W(1, 0), STR_W(1, 0), STR_X(1, 2),
					 STRB(1, 0), BACK(5) };
	int vcpu;

	program_start(&watched->program, code, COUNT(code));
	vcpu = watched->program.vcpu;
	if (set_register(vcpu, GZVM_CORE_X(0), WATCHED_ANY_GPA) ||
	    set_register(vcpu, GZVM_CORE_X(1), WATCHED_DATA) ||
	    set_register(vcpu, GZVM_CORE_X(2), WATCHED_DATA_GPA))
		bail_out("GZVM_SET_ONE_REG");
	watched->eventfd = create_eventfd();
	watched_find_folder(watched);
}

void watched_stop(struct watched *watched)
{
	close(watched->eventfd);
	program_stop(&watched->program);
}

bool watched_find_folder(struct watched *watched)
{
	const char *name;
	char pattern[64];
	glob_t found;

	watched->folder[0] = '\0';
	watched->id = 0;
	snprintf(pattern, sizeof(pattern), WATCHED_FOLDERS "*-%d/", (int)getpid());
	if (glob(pattern, 0, NULL, &found))
		return false;
	if (found.gl_pathc == 1) {
		name = found.gl_pathv[0] + strlen(WATCHED_FOLDERS);
		watched->id = strtoul(name, NULL, 10);
		snprintf(watched->folder, sizeof(watched->folder), "%s", found.gl_pathv[0]);
	}
	globfree(&found);
	return watched->folder[0];
}

int change_data_doorbell(struct watched *watched, uint32_t flags)
{
	struct gzvm_ioeventfd doorbell = {
		.addr = WATCHED_DATA_GPA,
		.len = 8,
		.datamatch = WATCHED_DATA,
		.fd = watched->eventfd,
		.flags = GZVM_IOEVENTFD_FLAG_DATAMATCH | flags,
	};

	return ioctl(watched->program.vm, GZVM_IOEVENTFD, &doorbell);
}

char *read_text(const char *folder, const char *name)
{
	char *text = calloc(1, WATCHED_TEXT_BYTES);
	size_t bytes = 0;
	char path[256];
	ssize_t got;
	int fd;

	if (!text)
		bail_out("calloc");
	snprintf(path, sizeof(path), "%s%s", folder, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return text;
	while ((got = read(fd, text + bytes, WATCHED_TEXT_BYTES - 1 - bytes)) > 0)
		bytes += got;
	close(fd);
	return text;
}

unsigned int count_text(const char *text, const char *part)
{
	unsigned int count = 0;

	for (text = strstr(text, part); text; text = strstr(text + 1, part))
		count++;
	return count;
}
