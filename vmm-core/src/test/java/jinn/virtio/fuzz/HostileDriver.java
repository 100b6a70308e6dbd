package jinn.virtio.fuzz;

import java.util.random.RandomGenerator;
import jinn.memory.GuestMemory;
import jinn.testing.FakeMmioDriver;
import jinn.virtio.mmio.MmioTransport;
import jinn.virtio.queue.QueueLayout;

/** A driver that starts a device by the rules and then breaks as many of them as it can think of. */
final class HostileDriver {

    private static final int DESCRIPTOR_BYTES = 16;
    private static final int NEXT = 1;
    private static final int WRITE = 2;
    private static final int INDIRECT = 4;
    private static final int MAXIMUM_SIZE = 64;
    private static final int MAXIMUM_PIECES = 6;

    /** The rings of a queue, wherever they are in it. */
    static final int QUEUE_STRIDE = 0x2000;

    private final GuestMemory memory;
    private final MmioTransport transport;
    private final FakeMmioDriver registers;
    private final FuzzedDevice device;
    private final int queueCount;
    private final RandomGenerator random;
    private final QueueLayout[] layouts;
    private final int[] available;
    private boolean indirectAllowed;

    HostileDriver(
            GuestMemory memory, MmioTransport transport, FuzzedDevice device, int queueCount, RandomGenerator random) {
        this.memory = memory;
        this.transport = transport;
        this.registers = new FakeMmioDriver(transport);
        this.device = device;
        this.queueCount = queueCount;
        this.random = random;
        this.layouts = new QueueLayout[queueCount];
        this.available = new int[queueCount];
    }

    /** Resets the device and starts it by the rules. */
    void start() {
        long features = (registers.offeredFeatures() & random.nextLong()) | FakeMmioDriver.VERSION_1;
        indirectAllowed = (features & FakeMmioDriver.INDIRECT_DESC) != 0;
        registers.negotiate(features);
        for (int queue = 0; queue < queueCount; queue++) {
            layouts[queue] = place(queue);
            available[queue] = 0;
            registers.setUpQueue(queue, layouts[queue]);
        }
        registers.finish();
    }

    private QueueLayout place(int queue) {
        int size = 1 << random.nextInt(Integer.numberOfTrailingZeros(MAXIMUM_SIZE) + 1);
        long table = HostileMemory.BASE + (long) queue * QUEUE_STRIDE + (long) DESCRIPTOR_BYTES * random.nextInt(64);
        long avail = table + (long) DESCRIPTOR_BYTES * size + 2L * random.nextInt(64);
        long used = (avail + 2L * size + 6 + 4L * random.nextInt(64) + 3) & ~3L;
        for (long address = table; address < used + 8L * size + 8; address++) {
            memory.writeU8(address, 0);
        }
        return new QueueLayout(size, table, avail, used);
    }

    boolean needsReset() {
        return (registers.status() & FakeMmioDriver.NEEDS_RESET) != 0;
    }

    /** Makes a request available, right or with faults, and returns in which queue. */
    int offer() {
        int queue = random.nextInt(queueCount);
        QueueLayout layout = layouts[queue];
        int head = describe(
                layout, device.requests().apply(random, queue), random.nextInt(indirectAllowed ? 3 : 30) == 0, false);
        for (int faults = random.nextInt(-2, 3); faults > 0; faults--) {
            spoil(layout, head);
        }
        int jump = random.nextInt(64) == 0 ? random.nextInt(0x10000) : 1;
        offerHead(queue, random.nextInt(32) == 0 ? random.nextInt(0x10000) : head, jump);
        return queue;
    }

    /** Sends a request without a fault in and returns whether it comes back; only in a device that was just started. */
    boolean isServed(Runnable loop) {
        int queue = device.provenQueue();
        QueueLayout layout = layouts[queue];
        int head =
                describe(layout, device.requests().apply(random, queue), indirectAllowed && layout.size() == 1, true);
        if (head < 0) {
            return true;
        }
        offerHead(queue, head, 1);
        registers.kick(queue);
        loop.run();
        return memory.readU16(layout.usedRing() + 2) == 1 && memory.readU32(layout.usedRing() + 4) == head;
    }

    private void offerHead(int queue, int head, int jump) {
        QueueLayout layout = layouts[queue];
        memory.writeU16(layout.availRing() + 4 + 2L * (available[queue] & (layout.size() - 1)), head);
        available[queue] = (available[queue] + jump) & 0xffff;
        memory.releaseU16(layout.availRing() + 2, available[queue]);
    }

    /**
     * Writes the request in pieces to the descriptor table, or to an indirect one, and returns its head.
     *
     * @param apart whether no piece may lie on another, as a request has to be that is in order
     */
    private int describe(QueueLayout layout, Request request, boolean indirect, boolean apart) {
        long room = HostileMemory.room(random);
        long table = indirect ? room : layout.descriptorTable();
        room += (long) MAXIMUM_PIECES * DESCRIPTOR_BYTES;
        int first = indirect ? 0 : random.nextInt(layout.size());
        int limit = indirect ? MAXIMUM_PIECES : layout.size();
        int parts = (request.readable() > 0 ? 1 : 0) + (request.writable() > 0 ? 1 : 0);
        if (parts > layout.size()) {
            return -1;
        }
        int spare = Math.min(limit, layout.size()) - parts;
        int count = 0;
        for (boolean writable : new boolean[] {false, true}) {
            int left = writable ? request.writable() : request.readable();
            int done = 0;
            while (done < left) {
                boolean split = spare > 0 && left - done > 1 && random.nextBoolean();
                spare -= split ? 1 : 0;
                int length = split ? 1 + random.nextInt(left - done - 1) : left - done;
                boolean last = done + length == left && (writable || request.writable() == 0);
                long address = apart ? room : HostileMemory.room(random);
                room += length;
                fill(address, request.head(), writable ? request.head().length : done, length);
                int slot = (first + count) % (indirect ? MAXIMUM_PIECES : layout.size());
                int next = indirect ? slot + 1 : (slot + 1) % layout.size();
                put(table, slot, address, length, (last ? 0 : NEXT) | (writable ? WRITE : 0), next);
                done += length;
                count++;
            }
        }
        if (!indirect) {
            return first;
        }
        int head = random.nextInt(layout.size());
        put(layout.descriptorTable(), head, table, (long) count * DESCRIPTOR_BYTES, INDIRECT, 0);
        return head;
    }

    private void fill(long address, byte[] content, int from, int length) {
        int bytes = Math.min(length, content.length - from);
        if (bytes > 0) {
            memory.copyTo(address, content, from, bytes);
        }
    }

    private void put(long table, int slot, long address, long length, int flags, int next) {
        long descriptor = table + (long) slot * DESCRIPTOR_BYTES;
        memory.writeU64(descriptor, address);
        memory.writeU32(descriptor + 8, length);
        memory.writeU16(descriptor + 12, flags);
        memory.writeU16(descriptor + 14, next);
    }

    /** Puts one fault into a descriptor near the head, or anywhere in the rings. */
    private void spoil(QueueLayout layout, int head) {
        int slot = (Math.max(0, head) + random.nextInt(3)) % layout.size();
        long descriptor = layout.descriptorTable() + (long) slot * DESCRIPTOR_BYTES;
        switch (random.nextInt(10)) {
            case 0 -> memory.writeU64(descriptor, HostileMemory.address(random));
            case 1 -> memory.writeU32(descriptor + 8, length());
            case 2 -> memory.writeU16(descriptor + 12, random.nextInt(8));
            case 3 -> memory.writeU16(descriptor + 12, random.nextInt(0x10000));
            case 4 -> memory.writeU16(descriptor + 14, random.nextInt(layout.size() + 1));
            case 5 -> memory.writeU16(descriptor + 14, random.nextInt(0x10000));
            case 6 -> put(layout.descriptorTable(), slot, tableAddress(layout), length(), INDIRECT | flags(), slot);
            case 7 -> memory.writeU16(layout.availRing() + 2L * random.nextInt(layout.size() + 3), random.nextInt(256));
            case 8 -> memory.writeU16(layout.usedRing() + 2L * random.nextInt(4 * layout.size() + 3), random.nextInt());
            default ->
                memory.writeU64(layout.descriptorTable() + 8L * random.nextInt(2 * layout.size()), random.nextLong());
        }
    }

    private int flags() {
        return random.nextInt(4) == 0 ? random.nextInt(4) : 0;
    }

    /** An indirect table that is one, or the queue's own table, or a ring. */
    private long tableAddress(QueueLayout layout) {
        return switch (random.nextInt(4)) {
            case 0 -> layout.descriptorTable();
            case 1 -> layout.usedRing();
            case 2 -> HostileMemory.address(random);
            default -> HostileMemory.room(random);
        };
    }

    private long length() {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> 0xffff_ffffL;
            case 2 -> random.nextInt() & 0xffff_ffffL;
            case 3 -> random.nextInt(2 * HostileMemory.PART_BYTES);
            case 4 -> (long) DESCRIPTOR_BYTES * random.nextInt(80);
            default -> random.nextInt(4);
        };
    }

    /** Reads and writes registers and the configuration space, in any width, at any time. */
    void touchRegisters() {
        int offset = random.nextInt(MmioTransport.REGISTERS_BYTES);
        int size = 1 << random.nextInt(4);
        switch (random.nextInt(6)) {
            case 0 -> transport.read(offset, size);
            case 1 -> transport.write(offset, size, random.nextLong() >>> (Long.SIZE - Byte.SIZE * size));
            case 2 -> registers.write(offset & ~3, random.nextInt(4));
            case 3 -> registers.kick(random.nextInt());
            case 4 -> registers.setStatus(random.nextInt(256));
            default -> registers.takeInterrupts();
        }
    }

    void kick(int queue) {
        registers.kick(queue);
    }
}
