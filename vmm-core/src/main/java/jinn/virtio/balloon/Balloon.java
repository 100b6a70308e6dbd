package jinn.virtio.balloon;

import java.lang.foreign.Arena;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import jinn.error.GuestFaultException;
import jinn.memory.GuestMemory;
import jinn.memory.IoVector;
import jinn.virtio.DeviceContext;
import jinn.virtio.DeviceType;
import jinn.virtio.VirtioDevice;
import jinn.virtio.queue.ChainHandler;
import jinn.virtio.queue.DescriptorChain;
import jinn.virtio.queue.VirtQueue;

/**
 * A memory balloon with statistics and the reporting of free pages (virtio 1.2 section 5.5).
 *
 * <p>The host says by {@link #setTarget} how many pages the guest is to do without; the guest names pages, which go back
 * to the host. A guest that names none keeps its memory: the balloon asks, it does not take.
 */
public final class Balloon implements VirtioDevice {

    /** A page of the balloon, whatever the guest's own pages are (section 5.5.6). */
    public static final int PAGE_BYTES = 4096;

    private static final int QUEUE_SIZE = 128;
    private static final int QUEUES = 4;

    private static final long STATS_VQ = 1L << 1;
    private static final long DEFLATE_ON_OOM = 1L << 2;
    private static final long PAGE_REPORTING = 1L << 5;

    private static final int INFLATE = 0;
    private static final int DEFLATE = 1;

    private static final int NUM_PAGES = 0;
    private static final int ACTUAL = 4;

    private static final int PFN_BYTES = Integer.BYTES;
    /** A tag of 16 bits and a value of 64. */
    private static final int STATISTIC_BYTES = 10;

    private static final int TAGS = 8;
    /** Linux names 256 pages at once; this many is a gigabyte. */
    private static final int MAXIMUM_REQUEST_BYTES = 1 << 20;
    /** Room for tags that are not known here. */
    private static final int MAXIMUM_STATISTICS = 64;

    private static final int PIECES = 512;

    private final String name;
    private final PageReclaimer reclaimer;
    private final boolean deflateOnOom;

    private final AtomicInteger target = new AtomicInteger();
    private final AtomicInteger actual = new AtomicInteger();
    private final AtomicLong reportedBytes = new AtomicLong();
    private volatile BalloonStatistics statistics = BalloonStatistics.NONE;

    /* Owned by the loop's thread. */
    private final IoVector pieces = new IoVector(PIECES, Arena.ofAuto());
    private final byte[] numbers = new byte[PIECES * PFN_BYTES];
    private final ChainHandler inflate = this::inflate;
    private final ChainHandler deflate = chain -> {};
    private final ChainHandler report = this::report;
    private final DescriptorChain[] chains = new DescriptorChain[QUEUES];
    private int statisticsQueue;
    private int reportingQueue;
    private boolean statisticsHeld;

    /** Read by any thread, to ask for an update. */
    private volatile DeviceContext context;

    private volatile boolean updateWanted;

    /**
     * Makes an empty balloon.
     *
     * @param deflateOnOom whether the guest may take pages back before it kills processes for lack of memory
     */
    public Balloon(String name, PageReclaimer reclaimer, boolean deflateOnOom) {
        this.name = name;
        this.reclaimer = reclaimer;
        this.deflateOnOom = deflateOnOom;
    }

    @Override
    public DeviceType type() {
        return DeviceType.BALLOON;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int queueCount() {
        return QUEUES;
    }

    @Override
    public int maximumQueueSize() {
        return QUEUE_SIZE;
    }

    @Override
    public long features() {
        return STATS_VQ | PAGE_REPORTING | (deflateOnOom ? DEFLATE_ON_OOM : 0);
    }

    /**
     * Asks the guest to have a balloon of so many bytes. Any thread; answered when the guest likes.
     *
     * @param bytes rounded down to pages
     */
    public void setTarget(long bytes) {
        target.set((int) Math.min(bytes / PAGE_BYTES, Integer.MAX_VALUE));
        DeviceContext current = context;
        if (current != null) {
            current.configChanged();
        }
    }

    /** Returns how big the balloon is to be, in bytes. */
    public long targetBytes() {
        return (long) target.get() * PAGE_BYTES;
    }

    /** Returns how big the guest says that the balloon is, in bytes. */
    public long actualBytes() {
        return Integer.toUnsignedLong(actual.get()) * PAGE_BYTES;
    }

    /** Returns how many bytes of free pages the guest has reported in all; a page counts each time. */
    public long reportedBytes() {
        return reportedBytes.get();
    }

    /** Returns what the guest said last, and asks it to say more. */
    public BalloonStatistics statistics() {
        DeviceContext current = context;
        if (current != null) {
            updateWanted = true;
            current.notifyLater(statisticsQueue);
        }
        return statistics;
    }

    @Override
    public long readConfig(int offset, int size) {
        if (size != Integer.BYTES) {
            return 0;
        }
        return switch (offset) {
            case NUM_PAGES -> Integer.toUnsignedLong(target.get());
            case ACTUAL -> Integer.toUnsignedLong(actual.get());
            default -> 0;
        };
    }

    @Override
    public void writeConfig(int offset, int size, long value) {
        if (offset == ACTUAL && size == Integer.BYTES) {
            actual.set((int) value);
        }
    }

    /** A queue whose feature was not negotiated does not exist, and those behind it move up (section 5.5.2). */
    @Override
    public void activate(DeviceContext newContext) {
        int next = DEFLATE + 1;
        statisticsQueue = newContext.hasFeature(STATS_VQ) ? next++ : -1;
        reportingQueue = newContext.hasFeature(PAGE_REPORTING) ? next++ : -1;
        for (int i = 0; i < QUEUES; i++) {
            chains[i] = newContext.queue(i).isReady() ? newContext.queue(i).newChain() : null;
        }
        context = newContext;
    }

    @Override
    public void queueNotified(int queue) {
        if (queue == INFLATE) {
            serve(queue, inflate);
        } else if (queue == DEFLATE) {
            serve(queue, deflate);
        } else if (queue == reportingQueue) {
            serve(queue, report);
        } else if (queue == statisticsQueue) {
            takeStatistics(context.queue(queue), chains[queue]);
        }
    }

    private void serve(int index, ChainHandler handler) {
        VirtQueue queue = context.queue(index);
        boolean more = queue.serve(chains[index], handler);
        context.complete(queue);
        if (more) {
            context.notifyLater(index);
        }
    }

    private void inflate(DescriptorChain chain) {
        if (chain.readableBytes() > MAXIMUM_REQUEST_BYTES || chain.readableBytes() % PFN_BYTES != 0) {
            throw new GuestFaultException("balloon: " + chain.readableBytes() + " bytes of page numbers: must be whole"
                    + " numbers and at most " + MAXIMUM_REQUEST_BYTES);
        }
        while (chain.readableLeft() > 0) {
            int bytes = chain.read(numbers, 0, numbers.length);
            GuestMemory memory = context.memory();
            pieces.clear();
            for (int at = 0; at < bytes; at += PFN_BYTES) {
                memory.addTo(pieces, pageNumber(at) * PAGE_BYTES, PAGE_BYTES);
            }
            reclaimer.reclaim(pieces);
        }
    }

    private long pageNumber(int at) {
        return (numbers[at] & 0xffL)
                | (numbers[at + 1] & 0xffL) << 8
                | (numbers[at + 2] & 0xffL) << 16
                | (numbers[at + 3] & 0xffL) << 24;
    }

    /** The buffers themselves are the free pages (section 5.5.6.5); the guest waits until they come back. */
    private void report(DescriptorChain chain) {
        while (chain.writableLeft() > 0) {
            pieces.clear();
            long bytes = chain.writeFrom(pieces, chain.writableLeft());
            reclaimer.reclaim(pieces);
            reportedBytes.addAndGet(bytes);
            chain.written(bytes);
        }
    }

    /* The device keeps the driver's one buffer, and gives it back to ask for new values (section 5.5.6.3). */
    private void takeStatistics(VirtQueue queue, DescriptorChain chain) {
        if (statisticsHeld && updateWanted) {
            updateWanted = false;
            statisticsHeld = false;
            queue.addUsed(chain);
            context.complete(queue);
        }
        if (!statisticsHeld && queue.pop(chain)) {
            statisticsHeld = true;
            statistics = parse(chain);
        }
    }

    private BalloonStatistics parse(DescriptorChain chain) {
        OptionalLong[] values = new OptionalLong[TAGS];
        for (int i = 0; i < MAXIMUM_STATISTICS && chain.read(numbers, 0, STATISTIC_BYTES) == STATISTIC_BYTES; i++) {
            int tag = (numbers[0] & 0xff) | (numbers[1] & 0xff) << 8;
            if (tag < TAGS) {
                values[tag] = OptionalLong.of(pageNumber(2) | pageNumber(6) << 32);
            }
        }
        return BalloonStatistics.of(values);
    }

    @Override
    public void reset() {
        context = null;
        statisticsHeld = false;
        actual.set(0);
    }
}
