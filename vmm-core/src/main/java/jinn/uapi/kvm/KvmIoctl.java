package jinn.uapi.kvm;

import jinn.uapi.Ioc;

/** The request numbers of {@code /dev/kvm}, of VM, vCPU and device descriptors. */
public final class KvmIoctl {

    private static final int KVMIO = 0xae;

    /** On the node. Takes 0; returns {@link #API_VERSION} on every kernel since 2.6.22. */
    public static final long GET_API_VERSION = Ioc.none(KVMIO, 0x00);

    /** What {@link #GET_API_VERSION} returns. */
    public static final int API_VERSION = 12;

    /** On the node. Takes the width of guest-physical addresses in bits, or 0 for 40; returns the VM's descriptor. */
    public static final long CREATE_VM = Ioc.none(KVMIO, 0x01);

    /** On the node and on a VM. Takes a capability; returns the answer, 0 for no. */
    public static final long CHECK_EXTENSION = Ioc.none(KVMIO, 0x03);

    /** On the node. Takes 0; returns the bytes to map of a vCPU's descriptor. */
    public static final long GET_VCPU_MMAP_SIZE = Ioc.none(KVMIO, 0x04);

    /** On a VM. Takes the vCPU id; returns the vCPU's descriptor. */
    public static final long CREATE_VCPU = Ioc.none(KVMIO, 0x41);

    /** On a VM. Takes a {@link UserMemoryRegionLayout}. */
    public static final long SET_USER_MEMORY_REGION = Ioc.write(KVMIO, 0x46, UserMemoryRegionLayout.LAYOUT.byteSize());

    /** On a VM. Takes an {@link IrqFdLayout}. */
    public static final long IRQFD = Ioc.write(KVMIO, 0x76, IrqFdLayout.LAYOUT.byteSize());

    /** On a VM. Takes an {@link IoEventFdLayout}. */
    public static final long IOEVENTFD = Ioc.write(KVMIO, 0x79, IoEventFdLayout.LAYOUT.byteSize());

    /** On a vCPU. Takes 0; the exit is in the mapped {@link RunLayout}. */
    public static final long RUN = Ioc.none(KVMIO, 0x80);

    /** On a VM. Takes an {@link EnableCapLayout}. */
    public static final long ENABLE_CAP = Ioc.write(KVMIO, 0xa3, EnableCapLayout.LAYOUT.byteSize());

    /** On a vCPU. Takes a {@link OneRegLayout}. */
    public static final long SET_ONE_REG = Ioc.write(KVMIO, 0xac, OneRegLayout.LAYOUT.byteSize());

    /** On a vCPU. Takes a {@link VcpuInitLayout}. */
    public static final long ARM_VCPU_INIT = Ioc.write(KVMIO, 0xae, VcpuInitLayout.LAYOUT.byteSize());

    /** On a VM. Fills in a {@link VcpuInitLayout}. */
    public static final long ARM_PREFERRED_TARGET = Ioc.read(KVMIO, 0xaf, VcpuInitLayout.LAYOUT.byteSize());

    /** On a VM. Takes a {@link CreateDeviceLayout} and fills in its descriptor. */
    public static final long CREATE_DEVICE = Ioc.writeRead(KVMIO, 0xe0, CreateDeviceLayout.LAYOUT.byteSize());

    /** On a device. Takes a {@link DeviceAttrLayout}. */
    public static final long SET_DEVICE_ATTR = Ioc.write(KVMIO, 0xe1, DeviceAttrLayout.LAYOUT.byteSize());

    private KvmIoctl() {}
}
