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
#include "model.h"
#include "tap.h"

#define RAM_BYTES	(256UL << 20)
#define VMS		4
#define SLOT_GPA	0x3ff000000UL	/* its pages lie in two 2 MiB blocks and two GiB */
#define SLOT_PAGES	8192UL
#define SHARED_SLOT	1
#define SHARED_GPA	0x80000000UL
#define SHARED_PAGES	16UL
#define READ_ONLY_SLOT	3
#define READ_ONLY_GPA	0x0a000000UL
#define OPERATIONS	300000UL
/*
 * A valid page that a guest may read, write and execute: Normal write-back, inner
 * shareable, accessed (Arm ARM D8.3); software's and the address's bits left out.
 */
#define ATTRIBUTES	0x7ffUL

static struct model models[VMS];
u32 users[HOST_PAGES];
bool taken[HOST_PAGES];
static u64 state = 88172645463325252UL;
static u64 wrong;

u64 random_below(u64 end)
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

void expect(bool right, const char *what)
{
	if (right)
		return;
	if (!wrong++)
		diag("%s", what);
}

u64 page_pa(u64 page)
{
	return page < POOL_PAGES ? POOL_BASE + page * PAGE_BYTES :
				   BLOCKS_BASE + (page - POOL_PAGES) * PAGE_BYTES;
}

static bool host_should_have(u64 page)
{
	return !taken[page];
}

void declare(struct model *model, u32 slot, u64 gpa, u64 pages, u32 flags)
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
	blocks_init(model, model - models);
}

bool can_be_given(u64 page, bool kept)
{
	return kept ? !taken[page] : !taken[page] && !users[page];
}

void give(struct place *place, u64 page, bool kept)
{
	place->page = page;
	place->shared = kept;
	if (kept)
		users[page]++;
	else
		taken[page] = true;
}

static void map(struct model *model, struct place *place, u32 slot, u64 gpa, bool kept)
{
	u64 page = random_below(POOL_PAGES);
	u64 pfn = page_pa(page) / PAGE_BYTES;
	s32 status = memory_map(model->vm, slot, pfn, gpa / PAGE_BYTES, 1);

	if (place->page != NO_PAGE) {
		expect(status == (place->page == page ? 0 : GZVM_STATUS_INVALID_ARGS), "map again");
		return;
	}
	if (!can_be_given(page, kept)) {
		expect(status == GZVM_STATUS_INVALID_ARGS, "map a page of somebody else");
		return;
	}
	expect(!status, "map");
	give(place, page, kept);
}

void forget(struct place *place)
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
	expect(!*(u64 *)page_pa(page), "a page comes back wiped");
}

void unmap(struct model *model, u32 slot, struct place *place, u64 gpa)
{
	s32 status = memory_unmap(model->vm, slot, gpa / PAGE_BYTES);

	if (model->is_protected) {
		expect(status == (place->page == NO_PAGE ? 0 : GZVM_STATUS_INVALID_ARGS),
		       "unmap of a protected VM");
		return;
	}
	expect(!status, "unmap");
	forget(place);
}

void relinquish(struct model *model, struct place *place, u64 gpa)
{
	expect(memory_relinquish(model->vm, gpa), "relinquish");
	forget(place);
}

static bool can_be_taken(const struct place *places, u64 count)
{
	for (u64 i = 0; i < count; i++)
		if (places[i].page != NO_PAGE && users[places[i].page] != 1)
			return false;
	return true;
}

static void take(struct place *places, u64 count)
{
	for (struct place *place = places; place < places + count; place++) {
		if (place->page == NO_PAGE)
			continue;
		users[place->page]--;
		taken[place->page] = true;
		place->shared = false;
	}
}

static void protect(struct model *model)
{
	bool possible = model->is_protected ||
			(!model->reads_blocks && can_be_taken(model->places, 16) &&
			 can_be_taken(model->in_blocks, BLOCK_SLOT_PAGES));

	expect(protect_vm(model->vm, GZVM_CAP_PVM_SET_PROTECTED_VM) ==
	       (possible ? 0 : GZVM_STATUS_INVALID_ARGS), "protect");
	if (!possible || model->is_protected)
		return;
	model->is_protected = true;
	take(model->places, 16);
	take(model->in_blocks, BLOCK_SLOT_PAGES);
}

void share(struct model *model, struct place *place, u64 gpa)
{
	bool possible = model->is_protected && place->page != NO_PAGE && !place->shared;

	expect((protect_share(model->vm, gpa) == 0) == possible, "share");
	if (!possible)
		return;
	place->shared = true;
	taken[place->page] = false;
	users[place->page]++;
}

void unshare(struct model *model, struct place *place, u64 gpa)
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
	for (u64 i = 0; i < BLOCK_SLOT_PAGES; i++)
		forget(&model->in_blocks[i]);
	model->vm = NULL;
}

/* A slot that is declared after the VM was protected. */
static void declare_read_only(struct model *model)
{
	struct gzvm_memregion *region = (struct gzvm_memregion *)BUFFER;

	memory_purpose(model->vm, READ_ONLY_GPA, PAGE_BYTES, GZVM_USER_MEM_REGION_READ_ONLY);
	*region = (struct gzvm_memregion){
		.slot = READ_ONLY_SLOT, .total_pages = 1, .gpa = READ_ONLY_GPA,
	};
	expect(memory_set_region(model->vm, BUFFER, GZVM_MEMREGION_BUFFER_BYTES) ==
	       (model->is_protected ? GZVM_STATUS_INVALID_ARGS : 0), "declare read-only memory");
	if (!model->is_protected)
		expect(!memory_remove_slot(model->vm, READ_ONLY_SLOT, 0), "remove it");
}

static void operate(struct model *model)
{
	u64 place = random_below(16), bounce = random_below(4);

	create(model);
	switch (random_below(45)) {
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
		unmap(model, 0, &model->places[place], place_gpa(place));
		break;
	case 7 ... 9:
		relinquish(model, &model->places[place], place_gpa(place));
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
	case 22 ... 25:
		blocks_operate(model);
		break;
	case 26:
		declare_read_only(model);
		break;
	default:
		map(model, &model->places[place], 0, place_gpa(place), !model->is_protected);
	}
}

static void compare(const struct model *model, bool all)
{
	u64 mapped = 0;

	if (!model->vm)
		return;
	for (u32 i = 0; i < 16; i++) {
		u64 entry = stage2_lookup(&model->vm->stage2, place_gpa(i));
		u64 page = model->places[i].page;

		expect((entry & S2_ADDRESS_MASK) ==
		       (page == NO_PAGE ? 0 : POOL_BASE + page * PAGE_BYTES), "a guest's page");
		expect(!entry || (entry & ~(S2_ADDRESS_MASK | S2_SHARED)) == ATTRIBUTES,
		       "the attributes of a guest's page");
		mapped += page != NO_PAGE;
		tlb_access(stage2_vttbr(&model->vm->stage2), place_gpa(i));
	}
	for (u32 i = 0; i < 4; i++)
		mapped += model->bounce[i].page != NO_PAGE;
	blocks_compare(model, all);
	mapped += blocks_mapped(model);
	expect(model->vm->stage2.mapped_pages == mapped, "the count of mapped pages");
}

static void compare_host(void)
{
	for (u64 page = 0; page < HOST_PAGES; page++) {
		u64 pa = page_pa(page);

		expect(hostmap_has(pa) == host_should_have(page), "a page of the host");
		if (host_should_have(page))
			*(u64 *)pa = 0x5ec2e7;
		tlb_access(hostmap_vttbr(), pa);
	}
	expect(hostmap_has(BUFFER) && !hostmap_has(HYP_REGION_BASE), "the rest of the host");
}

u64 free_pages(void)
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

/* They are not put together again, so their tables would be missed at the end. */
static void cut_host_blocks(void)
{
	for (u64 page = 0; page < HOST_PAGES; page++) {
		u64 pa = page_pa(page);

		expect(hostmap_take(&pa, 1, false), "take");
		hostmap_lend(pa);
		hostmap_unshare(pa);
	}
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
	cut_host_blocks();
	before = free_pages();
	for (u64 i = 0; i < OPERATIONS; i++) {
		struct model *model = &models[random_below(VMS)];

		operate(model);
		tlb_compare();
		compare(model, i % 256 == 0);
		if (i % 256 == 0)
			compare_host();
	}
	is_number(wrong, 0, "tables and owners of pages are as the model says");
	for (u32 i = 0; i < VMS; i++)
		destroy(&models[i]);
	create(&models[0]);
	blocks_without_memory(&models[0]);
	destroy(&models[0]);
	compare_host();
	is_number(wrong, 0, "when the VMs are gone the host has all its pages");
	is_number(free_pages(), before, "and gzhyp all of its own");
	return tap_done();
}
