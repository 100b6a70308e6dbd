// SPDX-License-Identifier: GPL-2.0-only
/*
 * foreground PROGRAM [ARGUMENT...]: runs a program with SIGINT as the foreground of a terminal
 * has it. What a shell without job control starts in the background ignores SIGINT, and so does
 * all below it.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: foreground PROGRAM [ARGUMENT...]\n");
		return 2;
	}
	signal(SIGINT, SIG_DFL);
	execvp(argv[1], argv + 1);
	fprintf(stderr, "foreground: cannot run %s: %s\n", argv[1], strerror(errno));
	return 127;
}
