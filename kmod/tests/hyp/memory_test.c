// SPDX-License-Identifier: GPL-2.0-only
/*
 * gzhyp's page tables and page owners against a simple model of them: VMs, slots and
 * pages by chance, on the build machine, under the address sanitizer.
 *
 * The machine's RAM is a mapping at the address where QEMU's "virt" has it, because
 * gzhyp takes a physical address for a pointer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "hostmap.h"
#include "vm.h"

#undef memset
#undef memcpy

#include "tap.h"

#define RAM_BYTES	(256UL << 20)
#define POOL_BASE	(PLATFORM_RAM_BASE + (64UL << 20))
#define POOL_PAGES	64UL
#define BUFFER		(PLATFORM_RAM_BASE + (128UL << 20))
#define VMS		4
#define SLOT_GPA	0x3ff000000UL	/* its pages lie in two 2 MiB blocks and two GiB */
#define SLOT_PAGES	8192UL
#define SHARED_SLOT	1
#define SHARED_GPA	0x80000000UL
#define SHARED_PAGES	16UL
#define OPERATIONS	300000UL
#define NO_PAGE		0xffffUL

/* The model of a VM's page: which page of the pool, and whether the host has it, too. */
struct place {
	u64 page;
	bool shared;
};

/** struct model - what a VM should look like */
struct model {
	struct vm *vm;
	u64 id;
	bool is_protected;
	struct place places[16];
	struct place bounce[4];
};

static struct model models[VMS];
static u32 users[POOL_PAGES];
static bool taken[POOL_PAGES];
static u64 state = 88172645463325252UL;
static u64 wrong;

static u64 random_below(u64 end)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) % end;
}

/* Where the model's places are: around the borders of blocks and GiBs, and beside each other. */
static u64 place_gpa(u64 place)
{
	static const u64 pages[] = {
		0, 1, 511, 512, 513, 1023, 1024, 2048, 4095, 4096, 4097, 5000, 6143, 6144, 8190,
		8191,
	};

	return SLOT_GPA + pages[place] * PAGE_BYTES;
}

static void expect(bool right, const char *what)
{
	if (right)
		return;
	if (!wrong++)
		diag("%s", what);
}

static bool host_should_have(u64 page)
{
	return !taken[page];
}

static void declare(struct model *model, u32 slot, u64 gpa, u64 pages, u32 flags)
{
	struct gzvm_memregion *region = (struct gzvm_memregion *)BUFFER;

	memory_purpose(model->vm, gpa, pages * PAGE_BYTES, flags);
	memset(region, 0, sizeof(*region));
	region->slot = slot;
	region->total_pages = pages;
	region->gpa = gpa;
	expect(!memory_set_region(model->vm, BUFFER, GZVM_MEMREGION_BUFFER_BYTES), "declare");
}

static void declare_slots(struct model *model)
{
	declare(model, 0, SLOT_GPA, SLOT_PAGES, 0);
	declare(model, SHARED_SLOT, SHARED_GPA, SHARED_PAGES,
		GZVM_USER_MEM_REGION_STATIC_SWIOTLB);
}

static void create(struct model *model)
{
	if (model->vm)
		return;
	memset(model, 0, sizeof(*model));
	for (u32 i = 0; i < 16; i++)
		model->places[i].page = NO_PAGE;
	for (u32 i = 0; i < 4; i++)
		model->bounce[i].page = NO_PAGE;
	expect(!vm_create(0, &model->id), "create");
	model->vm = vm_get(model->id);
	vm_put(model->vm);
	declare_slots(model);
}

static bool can_be_given(const struct model *model, u64 page, bool kept)
{
	(void)model;
	return kept ? !taken[page] : !taken[page] && !users[page];
}

static void map(struct model *model, struct place *place, u32 slot, u64 gpa, bool kept)
{
	u64 page = random_below(POOL_PAGES);
	u64 pfn = (POOL_BASE + page * PAGE_BYTES) / PAGE_BYTES;
	s32 status = memory_map(model->vm, slot, pfn, gpa / PAGE_BYTES, 1);

	if (place->page != NO_PAGE) {
		expect(status == (place->page == page ? 0 : GZVM_STATUS_INVALID_ARGS), "map again");
		return;
	}
	if (!can_be_given(model, page, kept)) {
		expect(status == GZVM_STATUS_INVALID_ARGS, "map a page of somebody else");
		return;
	}
	expect(!status, "map");
	place->page = page;
	place->shared = kept;
	if (kept)
		users[page]++;
	else
		taken[page] = true;
}

static void forget(struct place *place)
{
	u64 page = place->page;

	if (page == NO_PAGE)
		return;
	place->page = NO_PAGE;
	if (place->shared) {
		users[page]--;
		return;
	}
	taken[page] = false;
	expect(!*(u64 *)(POOL_BASE + page * PAGE_BYTES), "a page comes back wiped");
}

static void unmap(struct model *model, u64 place)
{
	s32 status = memory_unmap(model->vm, 0, place_gpa(place) / PAGE_BYTES);

	if (model->is_protected) {
		expect(status == (model->places[place].page == NO_PAGE ? 0 :
				  GZVM_STATUS_INVALID_ARGS), "unmap of a protected VM");
		return;
	}
	expect(!status, "unmap");
	forget(&model->places[place]);
}

static void relinquish(struct model *model, u64 place)
{
	expect(memory_relinquish(model->vm, place_gpa(place)), "relinquish");
	forget(&model->places[place]);
}

static void protect(struct model *model)
{
	bool possible = true;

	for (u32 i = 0; i < 16; i++)
		if (model->places[i].page != NO_PAGE && users[model->places[i].page] != 1)
			possible = false;
	if (model->is_protected)
		possible = true;
	expect(protect_vm(model->vm, GZVM_CAP_PVM_SET_PROTECTED_VM) ==
	       (possible ? 0 : GZVM_STATUS_INVALID_ARGS), "protect");
	if (!possible || model->is_protected)
		return;
	model->is_protected = true;
	for (u32 i = 0; i < 16; i++) {
		struct place *place = &model->places[i];

		if (place->page == NO_PAGE)
			continue;
		users[place->page]--;
		taken[place->page] = true;
		place->shared = false;
	}
}

static void share(struct model *model, struct place *place, u64 gpa)
{
	bool possible = model->is_protected && place->page != NO_PAGE && !place->shared;

	expect((protect_share(model->vm, gpa) == 0) == possible, "share");
	if (!possible)
		return;
	place->shared = true;
	taken[place->page] = false;
	users[place->page]++;
}

static void unshare(struct model *model, struct place *place, u64 gpa)
{
	bool possible = model->is_protected && place->page != NO_PAGE && place->shared &&
			users[place->page] == 1;

	expect((protect_unshare(model->vm, gpa) == 0) == possible, "unshare");
	if (!possible)
		return;
	place->shared = false;
	taken[place->page] = true;
	users[place->page]--;
}

static void remove_slot(struct model *model)
{
	s32 status;

	do {
		status = memory_remove_slot(model->vm, 0, random_below(3) * 512);
	} while (status == GZVM_STATUS_BUSY);
	if (model->is_protected) {
		expect(status == GZVM_STATUS_NOT_SUPPORTED, "remove a slot of a protected VM");
		return;
	}
	expect(!status, "remove a slot");
	for (u32 i = 0; i < 16; i++)
		forget(&model->places[i]);
	declare(model, 0, SLOT_GPA, SLOT_PAGES, 0);
}

static void destroy(struct model *model)
{
	s32 status;

	if (!model->vm)
		return;
	do {
		status = vm_destroy(model->id, 1 + random_below(600));
	} while (status == GZVM_STATUS_BUSY);
	expect(!status, "destroy");
	for (u32 i = 0; i < 16; i++)
		forget(&model->places[i]);
	for (u32 i = 0; i < 4; i++)
		forget(&model->bounce[i]);
	model->vm = NULL;
}

static void operate(struct model *model)
{
	u64 place = random_below(16), bounce = random_below(4);

	create(model);
	switch (random_below(40)) {
	case 0:
		destroy(model);
		break;
	case 1:
		remove_slot(model);
		break;
	case 2:
		protect(model);
		break;
	case 3 ... 6:
		unmap(model, place);
		break;
	case 7 ... 9:
		relinquish(model, place);
		break;
	case 10 ... 13:
		share(model, &model->places[place], place_gpa(place));
		break;
	case 14 ... 17:
		unshare(model, &model->places[place], place_gpa(place));
		break;
	case 18 ... 20:
		map(model, &model->bounce[bounce], SHARED_SLOT,
		    SHARED_GPA + bounce * PAGE_BYTES, true);
		break;
	case 21:
		unshare(model, &model->bounce[bounce], SHARED_GPA + bounce * PAGE_BYTES);
		break;
	default:
		map(model, &model->places[place], 0, place_gpa(place), !model->is_protected);
	}
}

static void compare(const struct model *model)
{
	u64 mapped = 0;

	if (!model->vm)
		return;
	for (u32 i = 0; i < 16; i++) {
		u64 entry = stage2_lookup(&model->vm->stage2, place_gpa(i));
		u64 page = model->places[i].page;

		expect((entry & S2_ADDRESS_MASK) ==
		       (page == NO_PAGE ? 0 : POOL_BASE + page * PAGE_BYTES), "a guest's page");
		mapped += page != NO_PAGE;
	}
	for (u32 i = 0; i < 4; i++)
		mapped += model->bounce[i].page != NO_PAGE;
	expect(model->vm->stage2.mapped_pages == mapped, "the count of mapped pages");
}

static void compare_host(void)
{
	for (u64 page = 0; page < POOL_PAGES; page++) {
		u64 pa = POOL_BASE + page * PAGE_BYTES;

		expect(hostmap_has(pa) == host_should_have(page), "a page of the host");
		if (host_should_have(page))
			*(u64 *)pa = 0x5ec2e7;
	}
	expect(hostmap_has(BUFFER) && !hostmap_has(HYP_REGION_BASE), "the rest of the host");
}

static u64 free_pages(void)
{
	static void *pages[HYP_REGION_BYTES / PAGE_BYTES];
	u64 count = 0;

	while ((pages[count] = pages_alloc(1)))
		count++;
	for (u64 i = 0; i < count; i++)
		pages_free(pages[i], 1);
	return count;
}

/* A device tree with one node, "memory", as hostmem_init() reads it. */
static void describe_memory(u32 *dtb)
{
	static const u32 tree[] = {
		0xd00dfeed, 0, 64, 56, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x72656700, 0,
		1, 0, 1, 0x6d656d6f, 0x72794000, 3, 16, 0, 0, PLATFORM_RAM_BASE, 0, RAM_BYTES, 2, 2,
		9,
	};

	for (u32 i = 0; i < ARRAY_SIZE(tree); i++)
		dtb[i] = __builtin_bswap32(tree[i]);
}

int main(void)
{
	static u32 dtb[64] __attribute__((aligned(8)));
	void *ram = mmap((void *)PLATFORM_RAM_BASE, RAM_BYTES, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE, -1, 0);
	u64 before;

	if (ram != (void *)PLATFORM_RAM_BASE) {
		printf("Bail out! no memory can be had at 0x%x\n", PLATFORM_RAM_BASE);
		return 1;
	}
	describe_memory(dtb);
	hostmem_init((u64)dtb);
	pages_init(HYP_REGION_BASE + (1UL << 20), HYP_REGION_END);
	hostmap_init();
	/* The host's blocks are cut once and for all. */
	expect(hostmap_take(POOL_BASE, false), "take");
	hostmap_lend(POOL_BASE);
	hostmap_unshare(POOL_BASE);
	before = free_pages();
	for (u64 i = 0; i < OPERATIONS; i++) {
		struct model *model = &models[random_below(VMS)];

		operate(model);
		compare(model);
		if (i % 64 == 0)
			compare_host();
	}
	is_number(wrong, 0, "tables and owners of pages are as the model says");
	for (u32 i = 0; i < VMS; i++)
		destroy(&models[i]);
	compare_host();
	is_number(wrong, 0, "when the VMs are gone the host has all its pages");
	is_number(free_pages(), before, "and gzhyp all of its own");
	return tap_done();
}
