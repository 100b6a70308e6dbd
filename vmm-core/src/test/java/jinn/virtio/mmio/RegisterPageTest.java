package jinn.virtio.mmio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import jinn.memory.GuestMemory;
import jinn.testing.FakeDriver;
import jinn.testing.FakeExecutor;
import jinn.testing.FakeMmioDriver;
import jinn.testing.GuestRam;
import jinn.virtio.DeviceContext;
import jinn.virtio.QueueExecutor;
import jinn.virtio.queue.DescriptorChain;
import jinn.virtio.queue.QueueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegisterPageTest {

    private static final ValueLayout.OfInt WORD = ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int STATUS = 0x070;
    private static final int INTERRUPT_STATUS = 0x060;
    private static final int INTERRUPT_ACK = 0x064;
    private static final int GENERATION = 0x0fc;
    private static final int CONFIG = 0x100;
    private static final int USED = 1;
    private static final int CHANGED = 2;
    private static final int QUEUE_SIZE = 8;
    private static final int STEPS = 4000;

    private static final int[] WRITTEN = {0x014, 0x020, 0x024, 0x030, 0x038, 0x044, 0x050, 0x064, 0x070, 0x080, 0x0ac};

    private final MemorySegment page = Arena.ofAuto().allocate(0x1000, 0x1000);
    private final GuestMemory memory = GuestRam.ofBytes(0x10000);
    private final FakeExecutor executor = new FakeExecutor();
    private final FakeDevice device = new FakeDevice();
    private final List<String> seenAtInterrupt = new ArrayList<>();
    private final AtomicLong cleaned = new AtomicLong();
    private final MmioTransport transport =
            new MmioTransport(device, memory, this::interrupted, executor, message -> {});
    private final FakeMmioDriver driver = new FakeMmioDriver(transport);
    private final FakeDriver queue = new FakeDriver(memory, GuestRam.BASE, QUEUE_SIZE);

    /** Its configuration is two words: what was written, and what it has come to. */
    private static final class FakeDevice extends FakeTwoQueueDevice {

        final AtomicLong value = new AtomicLong(5);
        volatile int written;
        volatile DeviceContext context;
        DescriptorChain chain;
        Runnable onActivation = () -> {};

        @Override
        public long features() {
            return 0xa5;
        }

        @Override
        public long readConfig(int offset, int size) {
            return switch (offset) {
                case 0 -> written & 0xffff_ffffL;
                case 4 -> value.get() & 0xffff_ffffL;
                case 0xfc -> 0x8765_4321L;
                default -> 0;
            };
        }

        @Override
        public void writeConfig(int offset, int size, long newValue) {
            written = (int) newValue;
        }

        @Override
        public void activate(DeviceContext newContext) {
            chain = newContext.queue(0).newChain();
            context = newContext;
            onActivation.run();
        }

        @Override
        public void queueNotified(int queue) {
            context.queue(queue).serve(chain, served -> {});
            context.complete(context.queue(queue));
        }

        @Override
        public void reset() {
            context = null;
        }

        void change(long newValue) {
            value.set(newValue);
            DeviceContext current = context;
            if (current != null) {
                current.configChanged();
            }
        }
    }

    private void interrupted() {
        seenAtInterrupt.add(Long.toHexString(shown(INTERRUPT_STATUS)) + " " + shown(CONFIG + 4));
    }

    private long shown(int offset) {
        return Integer.toUnsignedLong(page.get(WORD, offset));
    }

    private void show() {
        transport.showIn(page, stored -> cleaned.addAndGet(stored.byteSize()));
    }

    private void start() {
        driver.start(FakeMmioDriver.VERSION_1, queue);
        executor.runTasks();
    }

    private void assertShowsEverything(String after) {
        for (int offset = 0; offset < 0x400; offset += 4) {
            if (transport.read(offset, 4) != shown(offset)) {
                assertEquals(
                        transport.read(offset, 4), shown(offset), "register 0x" + Integer.toHexString(offset) + after);
            }
        }
    }

    @Test
    void pageHasAllRegistersBeforeTheDriverHasDoneAnything() {
        show();

        assertEquals(0x74726976, shown(0));
        assertEquals(0x8765_4321L, shown(0x1fc));
        assertShowsEverything("");
        assertTrue(cleaned.get() > 0, "the caches were not cleaned");
    }

    /* A life of a driver by chance, often one that gets the device going. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void pageIsWhatTheRegistersWouldAnswerAfterEveryStep(long seed) {
        Random random = new Random(seed);
        show();
        int started = 0;
        for (int step = 0; step < STEPS; step++) {
            int kind = random.nextInt(16);
            switch (kind) {
                case 0 -> driver.setStatus(0);
                case 1 -> driver.start(FakeMmioDriver.VERSION_1, queue);
                case 2 -> driver.negotiate(random.nextInt(4) == 0 ? random.nextLong() : FakeMmioDriver.VERSION_1);
                case 3 -> driver.setUpQueue(random.nextInt(3), layout(random));
                case 4 -> driver.finish();
                case 5 -> device.change(random.nextInt());
                case 6 -> transport.write(CONFIG, 4, random.nextInt() & 0xffff_ffffL);
                case 7, 8 -> executor.runTasks();
                case 9 -> driver.takeInterrupts();
                default -> driver.write(WRITTEN[random.nextInt(WRITTEN.length)], random.nextInt(20));
            }
            started += device.context == null ? 0 : 1;
            boolean unannounced = kind == 5 && device.context == null;
            if (!unannounced) {
                assertShowsEverything(" after step " + step + " of kind " + kind);
            } else {
                driver.setStatus(driver.status());
            }
        }
        assertTrue(started > STEPS / 20, "the device ran in " + started + " of " + STEPS + " steps only");
    }

    private static QueueLayout layout(Random random) {
        long bad = random.nextInt(5) == 0 ? 4 : 0;
        return new QueueLayout(QUEUE_SIZE, GuestRam.BASE + bad, GuestRam.BASE + 0x1000, GuestRam.BASE + 0x2000);
    }

    @Test
    void usedBuffersAreShownFromDriverOkOnAndNoAcknowledgementTakesThemBack() {
        show();
        driver.negotiate(FakeMmioDriver.VERSION_1);
        driver.setUpQueue(0, queue.layout());
        assertEquals(0, shown(INTERRUPT_STATUS));

        driver.finish();
        assertEquals(USED, shown(INTERRUPT_STATUS), "before a loop has seen the device");
        executor.runTasks();
        driver.write(INTERRUPT_ACK, USED);
        assertEquals(USED, shown(INTERRUPT_STATUS));

        driver.setStatus(0);
        assertEquals(0, shown(INTERRUPT_STATUS));
    }

    /* Another process may raise the interrupt as soon as it is told to begin. */
    @Test
    void usedBuffersAreShownBeforeTheDeviceIsActivated() {
        List<Long> shownAtActivation = new ArrayList<>();
        device.onActivation = () -> shownAtActivation.add(shown(INTERRUPT_STATUS));
        MmioTransport eager = new MmioTransport(device, memory, this::interrupted, new EagerExecutor(), message -> {});
        eager.showIn(page, stored -> {});
        new FakeMmioDriver(eager).start(FakeMmioDriver.VERSION_1, queue);

        assertEquals(List.of((long) USED), shownAtActivation);
    }

    /** A loop that is faster than everybody. */
    private static final class EagerExecutor implements QueueExecutor {

        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public void executeAndWait(Runnable task) {
            task.run();
        }

        @Override
        public boolean isOwner() {
            return true;
        }
    }

    @Test
    void anInterruptFindsItsReasonAndTheNewConfigurationOnThePage() {
        show();
        start();
        long before = shown(GENERATION);

        device.change(77);
        assertEquals(List.of("3 77"), seenAtInterrupt);
        assertTrue(shown(GENERATION) != before, "the generation is the old one");

        driver.write(INTERRUPT_ACK, CHANGED | USED);
        assertEquals(USED, shown(INTERRUPT_STATUS));
    }

    /* Nobody could tell the transport: the device had no context yet. */
    @Test
    void aChangeBetweenDriverOkAndActivationIsTold() {
        show();
        driver.start(FakeMmioDriver.VERSION_1, queue);
        device.change(99);
        assertEquals(5, shown(CONFIG + 4));

        executor.runTasks();
        assertEquals(List.of("3 99"), seenAtInterrupt);
    }

    @Test
    void withoutSuchAChangeActivationIsSilent() {
        show();
        start();

        assertEquals(List.of(), seenAtInterrupt);
    }

    @Test
    void aBrokenDeviceIsShownBeforeTheDriverIsTold() {
        show();
        start();
        device.change(6);
        queue.offer(QUEUE_SIZE);
        executor.executeAndWait(() -> transport.notifyQueue(0));

        assertEquals(FakeMmioDriver.NEEDS_RESET, shown(STATUS) & FakeMmioDriver.NEEDS_RESET);
        assertShowsEverything("");
    }

    /* Whoever comes last, the page ends with the newest configuration. */
    @Test
    void changesFromSeveralThreadsAtOnceLeaveTheNewest() throws InterruptedException {
        show();
        start();
        for (int round = 0; round < 200; round++) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    for (int change = 0; change < 50; change++) {
                        device.value.incrementAndGet();
                        transport.write(CONFIG + 8, 4, 1);
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(device.value.get(), shown(CONFIG + 4));
        }
    }

    @Test
    void withoutAPageAcknowledgedBitsAreGone() {
        start();
        assertEquals(0, driver.read(INTERRUPT_STATUS));
        device.change(6);
        assertEquals(CHANGED, driver.takeInterrupts());
        assertEquals(0, driver.read(INTERRUPT_STATUS));
    }
}
