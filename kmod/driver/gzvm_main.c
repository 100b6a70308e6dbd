// SPDX-License-Identifier: GPL-2.0-only
/*
 * gzvm.ko: virtual machines of a GenieZone hypervisor, as /dev/gzvm.
 */
#include <linux/device.h>
#include <linux/fs.h>
#include <linux/kobject.h>
#include <linux/log2.h>
#include <linux/miscdevice.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/sysfs.h>
#include <asm/arch_timer.h>
#include <asm/cpufeature.h>
#include <asm/virt.h>

#include "gzvm.h"
#include "gzvm_hvc_calls.h"

struct gzvm_driver gzvm_driver;

/* ------------------------------------------------------------------ */
/* /dev/gzvm                                                          */

static long gzvm_dev_ioctl(struct file *file, unsigned int request, unsigned long argument)
{
	switch (request) {
	case GZVM_CREATE_VM:
		return gzvm_vm_create_fd(argument);
	case GZVM_CHECK_EXTENSION:
		return argument ? gzvm_check_extension(argument) : -EINVAL;
	default:
		return -ENOTTY;
	}
}

static const struct file_operations gzvm_dev_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = gzvm_dev_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice gzvm_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = KBUILD_MODNAME,
	.fops = &gzvm_dev_fops,
	.mode = 0660,
};

/* ------------------------------------------------------------------ */
/* /sys/kernel/gzvm                                                   */

#define GZVM_COUNTER(name)								\
static ssize_t name##_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf) \
{											\
	return sysfs_emit(buf, "%ld\n", atomic_long_read(&gzvm_driver.name));		\
}											\
static struct kobj_attribute name##_attr = __ATTR_RO(name)

GZVM_COUNTER(vms);
GZVM_COUNTER(vcpus);
GZVM_COUNTER(doorbells);
GZVM_COUNTER(irqfds);
GZVM_COUNTER(pinned_pages);

static ssize_t demand_paging_batch_pages_show(struct kobject *kobj, struct kobj_attribute *attr,
					      char *buf)
{
	return sysfs_emit(buf, "%u\n", gzvm_driver.batch_pages);
}

static struct kobj_attribute demand_paging_batch_pages_attr = __ATTR_RO(demand_paging_batch_pages);

static ssize_t destroy_batch_pages_show(struct kobject *kobj, struct kobj_attribute *attr,
					char *buf)
{
	return sysfs_emit(buf, "%u\n", gzvm_driver.destroy_batch_pages);
}

static struct kobj_attribute destroy_batch_pages_attr = __ATTR_RO(destroy_batch_pages);

static struct attribute *gzvm_attrs[] = {
	&vms_attr.attr,
	&vcpus_attr.attr,
	&doorbells_attr.attr,
	&irqfds_attr.attr,
	&pinned_pages_attr.attr,
	&demand_paging_batch_pages_attr.attr,
	&destroy_batch_pages_attr.attr,
	NULL,
};

static const struct attribute_group gzvm_attr_group = {
	.attrs = gzvm_attrs,
};

static void gzvm_put_kobject(void *kobj)
{
	kobject_put(kobj);
}

static int gzvm_add_sysfs(struct device *device)
{
	struct kobject *kobj;
	int ret;

	kobj = kobject_create_and_add(KBUILD_MODNAME, kernel_kobj);
	if (!kobj)
		return -ENOMEM;
	ret = devm_add_action_or_reset(device, gzvm_put_kobject, kobj);
	if (ret)
		return ret;
	return sysfs_create_group(kobj, &gzvm_attr_group);
}

/* ------------------------------------------------------------------ */
/* Probe                                                              */

static int gzvm_greet_hypervisor(struct device *device)
{
	struct gzvm_version version;
	int ret;

	if (is_kernel_in_hyp_mode()) {
		dev_err(device, "this kernel runs at EL2, there is no hypervisor beneath it\n");
		return -ENODEV;
	}
	ret = gzvm_hvc_probe(&version);
	if (ret) {
		dev_err(device, "no GenieZone hypervisor answers (%d)\n", ret);
		return -ENODEV;
	}
	dev_info(device, "GenieZone hypervisor %u.%u.%u\n", version.major, version.minor,
		 version.sub);
	return 0;
}

/* Hypervisors older than the query map a whole block in one call. */
static int gzvm_query_batch_pages(struct device *device)
{
	u64 pages;

	if (gzvm_hvc_query_cap(GZVM_CAP_QUERY_HYP_BATCH_PAGES, &pages))
		pages = GZVM_BLOCK_PAGES;
	if (!pages || pages > GZVM_BLOCK_PAGES || GZVM_BLOCK_PAGES % pages) {
		dev_err(device, "hypervisor maps %llu pages a call, which do not divide %u\n",
			pages, GZVM_BLOCK_PAGES);
		return -EPROTO;
	}
	gzvm_driver.batch_pages = pages;
	return 0;
}

/* Hypervisors older than the query destroy a VM in one call. */
static int gzvm_query_destroy_batch_pages(struct device *device)
{
	u64 pages;

	if (gzvm_hvc_query_cap(GZVM_CAP_QUERY_DESTROY_BATCH_PAGES, &pages))
		pages = 0;
	if (pages > U32_MAX || (pages && !is_power_of_2(pages))) {
		dev_err(device, "hypervisor destroys %llu pages a call, which is no power of 2\n",
			pages);
		return -EPROTO;
	}
	gzvm_driver.destroy_batch_pages = pages;
	return 0;
}

static void gzvm_query_unmap(void)
{
	gzvm_driver.unmaps = !gzvm_hvc_query_cap(GZVM_CAP_QUERY_UNMAP, NULL);
	gzvm_driver.read_only_slots = !gzvm_hvc_query_cap(GZVM_CAP_QUERY_READ_ONLY, NULL);
}

/* What a hypervisor does not tell is what the CPU could do, as in the published drivers. */
static void gzvm_query_gpa_bits(void)
{
	u64 mmfr0 = read_sanitised_ftr_reg(SYS_ID_AA64MMFR0_EL1);
	int parange = cpuid_feature_extract_unsigned_field(mmfr0,
							   ID_AA64MMFR0_EL1_PARANGE_SHIFT);
	u64 bits;

	gzvm_driver.gpa_bits = min_t(u32, id_aa64mmfr0_parange_to_phys_shift(parange),
				     CONFIG_ARM64_PA_BITS);
	if (!gzvm_hvc_query_cap(GZVM_CAP_VM_GPA_SIZE, &bits))
		gzvm_driver.gpa_bits = min_t(u64, gzvm_driver.gpa_bits, bits);
}

static int gzvm_query_counter(struct device *device)
{
	gzvm_driver.counter_hz = arch_timer_get_cntfrq();
	if (!gzvm_driver.counter_hz) {
		dev_err(device, "firmware has not set CNTFRQ_EL0\n");
		return -ENODEV;
	}
	return 0;
}

static void gzvm_remove_misc(void *misc)
{
	misc_deregister(misc);
}

static void gzvm_forget_device(void *unused)
{
	gzvm_driver.device = NULL;
}

/* /dev/gzvm comes last: whoever can open it finds everything in place. */
static int gzvm_probe(struct platform_device *pdev)
{
	struct device *device = &pdev->dev;
	int ret;

	/* One hypervisor has one driver, however many nodes describe it. */
	if (gzvm_driver.device)
		return -EBUSY;
	ret = gzvm_greet_hypervisor(device);
	if (ret)
		return ret;
	ret = gzvm_query_counter(device);
	if (ret)
		return ret;
	gzvm_query_gpa_bits();
	ret = gzvm_query_batch_pages(device);
	if (ret)
		return ret;
	ret = gzvm_query_destroy_batch_pages(device);
	if (ret)
		return ret;
	gzvm_query_unmap();

	gzvm_driver.device = device;
	ret = devm_add_action_or_reset(device, gzvm_forget_device, NULL);
	if (ret)
		return ret;
	ret = gzvm_add_sysfs(device);
	if (ret)
		return ret;
	ret = misc_register(&gzvm_misc);
	if (ret)
		return ret;
	return devm_add_action_or_reset(device, gzvm_remove_misc, &gzvm_misc);
}

static const struct of_device_id gzvm_of_match[] = {
	{ .compatible = "mediatek,geniezone" },
	{ .compatible = "mediatek,geniezone-hyp" },
	{ }
};
MODULE_DEVICE_TABLE(of, gzvm_of_match);

static struct platform_driver gzvm_platform_driver = {
	.probe = gzvm_probe,
	.driver = {
		.name = KBUILD_MODNAME,
		.of_match_table = gzvm_of_match,
		/* Open fds keep the module, but would not keep the device bound. */
		.suppress_bind_attrs = true,
	},
};

static int __init gzvm_init(void)
{
	int ret;

	ret = gzvm_irqfd_driver_init();
	if (ret)
		return ret;
	gzvm_debugfs_driver_init();
	ret = platform_driver_register(&gzvm_platform_driver);
	if (ret)
		goto err_exit;
	return 0;

err_exit:
	gzvm_debugfs_driver_exit();
	gzvm_irqfd_driver_exit();
	return ret;
}
module_init(gzvm_init);

static void __exit gzvm_exit(void)
{
	platform_driver_unregister(&gzvm_platform_driver);
	gzvm_debugfs_driver_exit();
	gzvm_irqfd_driver_exit();
}
module_exit(gzvm_exit);

MODULE_DESCRIPTION("Virtual machines of a GenieZone hypervisor");
MODULE_LICENSE("GPL");
