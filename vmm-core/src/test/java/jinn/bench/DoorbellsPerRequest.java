package jinn.bench;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import jinn.backend.DiskFile;
import jinn.event.EventLoop;
import jinn.event.Registration;
import jinn.memory.GuestMemory;
import jinn.posix.EventFd;
import jinn.testing.FakeDriver;
import jinn.testing.FakeDriver.Buffer;
import jinn.testing.FakeMmioDriver;
import jinn.testing.GuestRam;
import jinn.virtio.block.BlockDevice;
import jinn.virtio.mmio.MmioTransport;

/**
 * Counts how often a driver has to ring and is interrupted for 1,000 reads of 4 KiB from a block device, with and without
 * VIRTIO_F_EVENT_IDX. The driver is a thread that keeps a number of requests under way: it adds one after the other while
 * there is room, rings for each if the device wants that, sleeps until an interrupt, and takes all that is done. {@code make
 * bench-doorbells} runs it.
 */
public final class DoorbellsPerRequest {

    private static final int ROUNDS = 9;
    private static final int REQUESTS = 20_000;
    private static final int QUEUE_SIZE = 256;
    private static final int INDEX_MASK = 0xffff;
    private static final int BLOCK_BYTES = 4096;
    private static final int HEADER_BYTES = 16;
    private static final int SECTORS_PER_BLOCK = 8;
    private static final long DISK_BLOCKS = 1024;
    private static final long HEADERS = GuestRam.BASE + 0x10000;
    private static final long STATUSES = GuestRam.BASE + 0x18000;
    private static final long DATA = GuestRam.BASE + 0x20000;
    private static final long RAM_BYTES = 1 << 20;

    /** What 1,000 requests have cost. */
    private record Cost(double rings, double interrupts) {}

    private final Path disk;

    private DoorbellsPerRequest(Path disk) {
        this.disk = disk;
    }

    /** Prints a line for each depth, with and without the feature. */
    public static void main(String[] arguments) throws IOException {
        Path disk = Files.createTempFile(Path.of("/dev/shm"), "jinn-bench", ".raw");
        try {
            Files.write(disk, new byte[(int) DISK_BLOCKS * BLOCK_BYTES]);
            DoorbellsPerRequest bench = new DoorbellsPerRequest(disk);
            for (int depth : new int[] {1, 64}) {
                bench.print("off", depth, 0);
                bench.print("on", depth, FakeMmioDriver.EVENT_IDX);
            }
        } finally {
            Files.delete(disk);
        }
    }

    private void print(String name, int depth, long feature) {
        double[] rings = new double[ROUNDS];
        double[] interrupts = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            Cost cost = measure(depth, feature);
            rings[round] = cost.rings();
            interrupts[round] = cost.interrupts();
        }
        System.out.printf(
                Locale.ROOT,
                "bench doorbells depth %d EVENT_IDX %s rings %.0f interrupts %.0f%n",
                depth,
                name,
                median(rings),
                median(interrupts));
    }

    private Cost measure(int depth, long feature) {
        Semaphore interrupts = new Semaphore(0);
        long[] raised = new long[1];
        try (DiskFile file = DiskFile.open(disk, true, false, DoorbellsPerRequest::fail);
                EventLoop loop = EventLoop.start("event-loop", failure -> fail(failure.toString()));
                EventFd doorbell = EventFd.create("the doorbell")) {
            GuestMemory memory = GuestRam.ofBytes(RAM_BYTES);
            MmioTransport transport = new MmioTransport(
                    new BlockDevice("block0", file, 1, "bench"),
                    memory,
                    () -> {
                        raised[0]++;
                        interrupts.release();
                    },
                    loop,
                    DoorbellsPerRequest::fail);
            FakeDriver queue = new FakeDriver(memory, GuestRam.BASE, QUEUE_SIZE);
            new FakeMmioDriver(transport).start(FakeMmioDriver.VERSION_1 | feature, queue);
            Registration registration = loop.register(doorbell.descriptor(), () -> {
                doorbell.drain();
                transport.notifyQueue(0);
            });
            long rings = new Guest(memory, queue, feature != 0, doorbell, interrupts).read(depth);
            registration.close();
            transport.close();
            return new Cost(1000.0 * rings / REQUESTS, 1000.0 * raised[0] / REQUESTS);
        }
    }

    /** The driver's thread. */
    private record Guest(
            GuestMemory memory, FakeDriver queue, boolean eventIndex, EventFd doorbell, Semaphore interrupts) {

        /** Makes all requests and returns how often it has rung. */
        long read(int depth) {
            long rings = 0;
            int added = 0;
            int done = 0;
            while (done < REQUESTS) {
                while (added - done < depth && added < REQUESTS) {
                    add(added++ % depth);
                    if (wantsRing(added)) {
                        doorbell.signal();
                        rings++;
                    }
                }
                interrupts.acquireUninterruptibly();
                interrupts.drainPermits();
                done += takeUsed(done);
            }
            return rings;
        }

        private void add(int slot) {
            long header = HEADERS + (long) slot * HEADER_BYTES;
            memory.writeU64(header, 0);
            memory.writeU64(header + Long.BYTES, slot % DISK_BLOCKS * SECTORS_PER_BLOCK);
            queue.add(
                    Buffer.readable(header, HEADER_BYTES),
                    Buffer.writable(DATA + (long) slot * BLOCK_BYTES, BLOCK_BYTES),
                    Buffer.writable(STATUSES + slot, 1));
        }

        /* Virtio 1.2 section 2.7.10.1, for each request by itself; its index was shown before. */
        private boolean wantsRing(int now) {
            VarHandle.fullFence();
            return eventIndex ? queue.availEvent() == ((now - 1) & INDEX_MASK) : !queue.kicksUnwanted();
        }

        /* Wants no interrupt meanwhile, then asks for the next one and looks again: what came in between has none. */
        private int takeUsed(int done) {
            int taken = 0;
            do {
                if (!eventIndex) {
                    queue.setNoInterrupt(true);
                }
                while (queue.takeUsed().isPresent()) {
                    taken++;
                }
                if (eventIndex) {
                    queue.setUsedEvent((done + taken) & INDEX_MASK);
                } else {
                    queue.setNoInterrupt(false);
                }
                VarHandle.fullFence();
            } while (queue.usedIndex() != ((done + taken) & INDEX_MASK));
            return taken;
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void fail(String message) {
        throw new IllegalStateException(message);
    }
}
