package jinn.virtio.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import jinn.virtio.VirtioDevice;
import jinn.virtio.block.BlockDevice;
import jinn.virtio.block.Disk;
import jinn.virtio.device.Console;
import jinn.virtio.device.Rng;

/**
 * A device that the hostile driver attacks.
 *
 * @param maker makes it, with a disk for those that want one
 * @param requests makes requests that a queue, told by its number, can serve or refuse without breaking
 * @param provenQueue the queue that gives every right request back at once, by which the device shows that it works
 */
record FuzzedDevice(
        Function<Disk, VirtioDevice> maker, BiFunction<RandomGenerator, Integer, Request> requests, int provenQueue) {

    /** All devices there are. */
    static final List<FuzzedDevice> ALL = List.of(
            new FuzzedDevice(disk -> new Rng((bytes, offset, length) -> {}), (random, queue) -> entropy(), 0),
            new FuzzedDevice(disk -> console(), FuzzedDevice::line, 1),
            new FuzzedDevice(disk -> new BlockDevice("block0", disk, 2, "id"), (random, queue) -> block(random), 0));

    private static final byte[] NOTHING = {};
    private static final int[] BLOCK_TYPES = {0, 0, 0, 1, 1, 1, 4, 8, 11, 13, 2, 99};
    private static final int BLOCK_HEADER_BYTES = 16;
    private static final int BLOCK_RANGE_BYTES = 16;
    private static final int SECTOR_BYTES = 512;

    private static Request entropy() {
        return new Request(NOTHING, 0, 64);
    }

    private static VirtioDevice console() {
        Console console = new Console((bytes, offset, length) -> {});
        console.receive(new byte[1000], 0, 1000);
        return console;
    }

    private static Request line(RandomGenerator random, int queue) {
        int length = 1 + random.nextInt(200);
        return queue == 0 ? new Request(NOTHING, 0, length) : new Request(NOTHING, length, 0);
    }

    private static Request block(RandomGenerator random) {
        int type = BLOCK_TYPES[random.nextInt(BLOCK_TYPES.length)];
        long sector = random.nextInt(8) == 0 ? random.nextLong() : random.nextInt(140);
        int data = random.nextInt(5) * SECTOR_BYTES;
        byte[] head = ByteBuffer.allocate(BLOCK_HEADER_BYTES + BLOCK_RANGE_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(type)
                .putInt(0)
                .putLong(sector)
                .putLong(sector)
                .putInt(random.nextInt(16))
                .putInt(random.nextInt(3))
                .array();
        return switch (type) {
            case 0, 8 -> new Request(head, BLOCK_HEADER_BYTES, data + 1);
            case 1 -> new Request(head, BLOCK_HEADER_BYTES + data, 1);
            case 11, 13 -> new Request(head, head.length, 1);
            default -> new Request(head, BLOCK_HEADER_BYTES, 1);
        };
    }
}
