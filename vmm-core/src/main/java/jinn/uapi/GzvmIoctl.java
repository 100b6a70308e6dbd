package jinn.uapi;

/** The request numbers of {@code /dev/gzvm}, of VM descriptors and of vCPU descriptors. */
public final class GzvmIoctl {

    private static final int MAGIC = 0x92;

    /** On the device. Takes the VM type, 0; returns the VM's descriptor. */
    public static final long CREATE_VM = Ioc.none(MAGIC, 0x01);

    /** On the device and on a VM. Takes a pointer to a u64: capability in, answer out. */
    public static final long CHECK_EXTENSION = Ioc.none(MAGIC, 0x03);

    /** On a VM. Takes the vCPU id; returns the vCPU's descriptor. */
    public static final long CREATE_VCPU = Ioc.none(MAGIC, 0x41);

    /** On a VM. Takes a {@link UserMemoryRegionLayout}. */
    public static final long SET_USER_MEMORY_REGION = Ioc.write(MAGIC, 0x46, UserMemoryRegionLayout.LAYOUT.byteSize());

    /** On a VM. Takes an {@link IrqFdLayout}. */
    public static final long IRQFD = Ioc.write(MAGIC, 0x76, IrqFdLayout.LAYOUT.byteSize());

    /** On a VM. Takes an {@link IoEventFdLayout}. */
    public static final long IOEVENTFD = Ioc.write(MAGIC, 0x79, IoEventFdLayout.LAYOUT.byteSize());

    /** On a vCPU. Takes a pointer to a {@link VcpuRunLayout}, although the number tells no size. */
    public static final long RUN = Ioc.none(MAGIC, 0x80);

    /** On a VM. Takes an {@link EnableCapLayout}. */
    public static final long ENABLE_CAP = Ioc.write(MAGIC, 0xa3, EnableCapLayout.LAYOUT.byteSize());

    /** On a vCPU. Takes a {@link OneRegLayout}. */
    public static final long SET_ONE_REG = Ioc.write(MAGIC, 0xac, OneRegLayout.LAYOUT.byteSize());

    /** On a VM. Takes a {@link CreateDeviceLayout}. */
    public static final long CREATE_DEVICE = Ioc.writeRead(MAGIC, 0xe0, CreateDeviceLayout.LAYOUT.byteSize());

    /** On a VM. Takes a {@link DtbConfigLayout}. */
    public static final long SET_DTB_CONFIG = Ioc.write(MAGIC, 0xff, DtbConfigLayout.LAYOUT.byteSize());

    private GzvmIoctl() {}
}
