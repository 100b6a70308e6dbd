// SPDX-License-Identifier: GPL-2.0-only
/* What the memory side of gzhyp calls elsewhere, and does not need here. */
#include <stdio.h>
#include <stdlib.h>

#include "vm.h"

void log_text(const char *text)
{
	printf("# %s", text);
}

void log_hex(u64 value)
{
	printf("0x%lx", value);
}

void log_line(const char *text, u64 value)
{
	printf("# %s0x%lx\n", text, value);
}

void panic(const char *reason)
{
	printf("Bail out! gzhyp panics: %s\n", reason);
	exit(1);
}

void vgic_init_vm(struct vm *vm)
{
	(void)vm;
}
