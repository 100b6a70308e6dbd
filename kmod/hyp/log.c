// SPDX-License-Identifier: GPL-2.0-only
/*
 * gzhyp's lines on the first PL011. The UART belongs to the host as soon as
 * it runs; after that only panic() writes to it.
 */
#include "hyp.h"
#include "hostpsci.h"

#define UART_DR		0x000
#define UART_FR		0x018
#define UART_FR_TXFF	(1U << 5)

static void put(char c)
{
	while (mmio_read32(PLATFORM_UART_BASE + UART_FR) & UART_FR_TXFF)
		;
	mmio_write32(PLATFORM_UART_BASE + UART_DR, (u8)c);
}

void log_text(const char *text)
{
	for (; *text; text++) {
		if (*text == '\n')
			put('\r');
		put(*text);
	}
}

void log_hex(u64 value)
{
	log_text("0x");
	for (int shift = 60; shift >= 0; shift -= 4)
		put("0123456789abcdef"[(value >> shift) & 0xf]);
}

void log_line(const char *text, u64 value)
{
	log_text("gzhyp: ");
	log_text(text);
	log_hex(value);
	log_text("\n");
}

/* Ends the machine: a lab that stops with a message beats one that hangs. */
void panic(const char *reason)
{
	log_text("\ngzhyp: panic: ");
	log_text(reason);
	log_text("\n");
	hostpsci_system_off();
}
