package jinn.virtio.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import jinn.virtio.VirtioDevice;
import jinn.virtio.block.BlockDevice;
import jinn.virtio.block.Disk;
import jinn.virtio.console.Console;
import jinn.virtio.console.FakePortEnd;
import jinn.virtio.device.Rng;
import jinn.virtio.net.FakeNetBackend;
import jinn.virtio.net.NetDevice;
import jinn.virtio.net.NetFeature;
import jinn.virtio.net.NetHeader;
import jinn.virtio.vsock.FakeHostSide;
import jinn.virtio.vsock.FakeHostSide.FakeStream;
import jinn.virtio.vsock.VsockDevice;

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
            new FuzzedDevice(disk -> ports(), FuzzedDevice::message, 1),
            new FuzzedDevice(disk -> new BlockDevice("block0", disk, 2, "id"), (random, queue) -> block(random), 0),
            new FuzzedDevice(disk -> net(0), FuzzedDevice::frame, 1),
            new FuzzedDevice(disk -> net(3000), FuzzedDevice::frame, 1),
            new FuzzedDevice(disk -> vsock(), FuzzedDevice::packet, 1));

    private static final byte[] NOTHING = {};
    private static final int[] BLOCK_TYPES = {0, 0, 0, 1, 1, 1, 4, 8, 11, 13, 2, 99};
    private static final int BLOCK_HEADER_BYTES = 16;
    private static final int BLOCK_RANGE_BYTES = 16;
    private static final int SECTOR_BYTES = 512;
    private static final int VSOCK_HEADER_BYTES = 44;
    private static final int CONSOLE_MESSAGE_BYTES = 8;
    private static final int FRAMES = 200;

    private static Request entropy() {
        return new Request(NOTHING, 0, 64);
    }

    private static VirtioDevice console() {
        Console console = new Console((bytes, offset, length) -> {});
        console.receive(new byte[1000], 0, 1000);
        return console;
    }

    /** Makes a console with two ports, at one of which nobody takes more than a little. */
    private static VirtioDevice ports() {
        FakePortEnd slow = new FakePortEnd();
        slow.room = 1000;
        return new Console(
                "console0",
                (bytes, offset, length) -> {},
                true,
                List.of(new Console.NamedPort("one", new FakePortEnd()), new Console.NamedPort("slow", slow)));
    }

    private static Request message(RandomGenerator random, int queue) {
        if (queue != 3) {
            return line(random, queue % 2);
        }
        byte[] head = ByteBuffer.allocate(CONSOLE_MESSAGE_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(random.nextInt(8) == 0 ? random.nextInt() : random.nextInt(4))
                .putShort((short) random.nextInt(9))
                .putShort((short) random.nextInt(2))
                .array();
        return new Request(head, head.length, 0);
    }

    private static Request line(RandomGenerator random, int queue) {
        int length = 1 + random.nextInt(200);
        return queue == 0 ? new Request(NOTHING, 0, length) : new Request(NOTHING, length, 0);
    }

    /** Makes a device with frames waiting, which are put straight into buffers as far as that is asked for. */
    private static VirtioDevice net(int directBytes) {
        FakeNetBackend backend = new FakeNetBackend(2, NetFeature.OFFLOADS, directBytes);
        for (int i = 0; i < FRAMES; i++) {
            backend.ports.getFirst().incoming.add(new byte[NetHeader.BYTES + 14 + i * 10]);
        }
        return new NetDevice("net0", backend, new byte[NetDevice.ADDRESS_BYTES], OptionalInt.empty());
    }

    /** Makes a device with slow programs at four ports of the host, which write as well. */
    private static VirtioDevice vsock() {
        FakeHostSide host = new FakeHostSide();
        for (int port = 0; port < 4; port++) {
            FakeStream stream = new FakeStream();
            stream.room = 1000;
            stream.incoming = new byte[1000];
            host.listening.put(port, stream);
        }
        return new VsockDevice("vsock0", 3, host);
    }

    private static Request frame(RandomGenerator random, int queue) {
        int length = 26 + random.nextInt(200);
        return queue % 2 == 0 ? new Request(NOTHING, 0, length) : new Request(NOTHING, length, 0);
    }

    private static Request packet(RandomGenerator random, int queue) {
        if (queue != 1) {
            return new Request(NOTHING, 0, VSOCK_HEADER_BYTES + 1 + random.nextInt(200));
        }
        int data = random.nextInt(100);
        byte[] head = ByteBuffer.allocate(VSOCK_HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(random.nextInt(8) == 0 ? random.nextLong() : 3)
                .putLong(2)
                .putInt(random.nextInt(4))
                .putInt(random.nextInt(4))
                .putInt(random.nextInt(data + 1))
                .putShort((short) (random.nextInt(8) == 0 ? 2 : 1))
                .putShort((short) random.nextInt(9))
                .putInt(random.nextInt(4))
                .putInt(random.nextInt())
                .putInt(random.nextInt())
                .array();
        return new Request(head, VSOCK_HEADER_BYTES + data, 0);
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
