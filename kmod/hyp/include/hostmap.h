/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host's stage 2, and who uses each page of its RAM.
 *
 * A page is the host's alone, or the host shares it with VMs and with gzhyp (run
 * areas, mailboxes, buffers of calls), or a protected VM has taken it: then the
 * host's stage 2 lacks it. All functions may be called with a VM's lock held.
 */
#ifndef GZHYP_HOSTMAP_H
#define GZHYP_HOSTMAP_H

#include "types.h"

/* Builds the identity map without gzhyp's region, and the record of pages. Boot CPU only. */
void hostmap_init(void);
/* VTTBR_EL2 for the host. */
u64 hostmap_vttbr(void);

/*
 * One more user of a page of the host's RAM, which the host keeps; released by
 * hostmap_unshare(). False when the page is not the host's.
 */
bool hostmap_share(u64 pa);
void hostmap_unshare(u64 pa);
/* The same for [pa, pa + bytes), of whole pages: all of them, or none. */
bool hostmap_share_range(u64 pa, u64 bytes);
void hostmap_unshare_range(u64 pa, u64 bytes);

/*
 * Takes @count pages from the host, all or none, if nobody but the host uses them, or if
 * the caller is the only user (@shared). Each is released by hostmap_wipe_and_give() or
 * hostmap_lend(). False: one has other users or is there twice, or there is no memory for
 * tables. The host's TLBs are told once for all of them.
 */
bool hostmap_take(const u64 *pages, u32 count, bool shared);
/* A taken page goes back to the host, with nothing of what was in it. */
void hostmap_wipe_and_give(u64 pa);
/* A taken page becomes one that is shared, with its contents; the caller stays a user. */
void hostmap_lend(u64 pa);

/*
 * The host has faulted at @ipa. True when it can try again: a page came back, or a
 * block was being cut into pages at this moment.
 */
bool hostmap_has(u64 ipa);

#endif
