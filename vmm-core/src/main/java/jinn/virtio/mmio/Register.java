package jinn.virtio.mmio;

/** Offsets of the virtio-mmio registers, each 32 bits wide (virtio 1.2 section 4.2.2). */
final class Register {

    static final int MAGIC_VALUE = 0x000;
    static final int VERSION = 0x004;
    static final int DEVICE_ID = 0x008;
    static final int VENDOR_ID = 0x00c;
    static final int DEVICE_FEATURES = 0x010;
    static final int DEVICE_FEATURES_SEL = 0x014;
    static final int DRIVER_FEATURES = 0x020;
    static final int DRIVER_FEATURES_SEL = 0x024;
    static final int QUEUE_SEL = 0x030;
    static final int QUEUE_NUM_MAX = 0x034;
    static final int QUEUE_NUM = 0x038;
    static final int QUEUE_READY = 0x044;
    static final int QUEUE_NOTIFY = 0x050;
    static final int INTERRUPT_STATUS = 0x060;
    static final int INTERRUPT_ACK = 0x064;
    static final int STATUS = 0x070;
    static final int QUEUE_DESC_LOW = 0x080;
    static final int QUEUE_DESC_HIGH = 0x084;
    static final int QUEUE_DRIVER_LOW = 0x090;
    static final int QUEUE_DRIVER_HIGH = 0x094;
    static final int QUEUE_DEVICE_LOW = 0x0a0;
    static final int QUEUE_DEVICE_HIGH = 0x0a4;
    static final int SHM_LEN_LOW = 0x0b0;
    static final int SHM_LEN_HIGH = 0x0b4;
    static final int SHM_BASE_LOW = 0x0b8;
    static final int SHM_BASE_HIGH = 0x0bc;
    static final int CONFIG_GENERATION = 0x0fc;

    /** First byte of the device's configuration space. */
    static final int CONFIG = 0x100;

    /** Bytes of the configuration space; no device type has more. */
    static final int CONFIG_BYTES = 0x100;

    /** The byte after the configuration space. */
    static final int END = CONFIG + CONFIG_BYTES;

    /** Width of every register before {@link #CONFIG}. */
    static final int BYTES = 4;

    /** Value of {@link #MAGIC_VALUE}: "virt", little-endian. */
    static final int MAGIC = 0x74726976;

    /** Value of {@link #VERSION}: not legacy. */
    static final int MODERN = 2;

    /** Value of {@link #VENDOR_ID}: "JINN", little-endian. No registry of these numbers exists for MMIO. */
    static final int VENDOR = 0x4e4e494a;

    /** Value of the SHM registers when the selected shared memory region does not exist. */
    static final long NO_SHARED_MEMORY = 0xffff_ffffL;

    /** Bit of the interrupt words: a queue has used requests. */
    static final int INTERRUPT_USED = 1;

    /** Bit of the interrupt words: the configuration or the status has changed. */
    static final int INTERRUPT_CONFIG = 2;

    private Register() {}
}
