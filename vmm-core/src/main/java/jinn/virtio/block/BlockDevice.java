package jinn.virtio.block;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jinn.virtio.DeviceContext;
import jinn.virtio.DeviceType;
import jinn.virtio.VirtioDevice;

/** A disk for the guest. */
public final class BlockDevice implements VirtioDevice {

    /** Length of the ID that the driver can ask for, filled up with NUL (section 5.2.6). */
    public static final int ID_BYTES = 20;

    private static final int QUEUE_SIZE = 256;

    /** Header and status take a descriptor each. */
    private static final int MAXIMUM_SEGMENTS = QUEUE_SIZE - 2;

    private final String name;
    private final ConfigSpace config;
    private final long features;
    private final RequestQueue[] queues;

    /**
     * Makes a block device.
     *
     * @param name for messages
     * @param disk stays the caller's to close, after the device's transport
     * @param queues how many request queues, from 1 on
     * @param id at most {@link #ID_BYTES} bytes of ASCII
     */
    public BlockDevice(String name, Disk disk, int queues, String id) {
        this.name = name;
        this.config = new ConfigSpace(disk, queues, MAXIMUM_SEGMENTS);
        this.features = BlockFeature.offeredFor(disk, queues);
        byte[] paddedId = Arrays.copyOf(id.getBytes(StandardCharsets.US_ASCII), ID_BYTES);
        this.queues = new RequestQueue[queues];
        Arrays.setAll(this.queues, index -> new RequestQueue(index, disk, config, paddedId, QUEUE_SIZE));
    }

    @Override
    public DeviceType type() {
        return DeviceType.BLOCK;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int queueCount() {
        return queues.length;
    }

    @Override
    public int maximumQueueSize() {
        return QUEUE_SIZE;
    }

    @Override
    public long features() {
        return features;
    }

    @Override
    public long readConfig(int offset, int size) {
        return config.read(offset, size);
    }

    @Override
    public void writeConfig(int offset, int size, long value) {
        config.write(offset, size, value);
    }

    @Override
    public void activate(DeviceContext context) {
        /* A driver that cannot flush has to find its data safe as soon as a write ends (section 5.2.5.2). */
        if (!context.hasFeature(BlockFeature.FLUSH)) {
            config.setWriteBack(false);
        }
        for (RequestQueue queue : queues) {
            queue.activate(context);
        }
    }

    @Override
    public void queueNotified(int queue) {
        queues[queue].serve();
    }

    @Override
    public void reset() {
        for (RequestQueue queue : queues) {
            queue.reset();
        }
        config.setWriteBack(true);
    }
}
