package jinn.virtio.mmio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import jinn.memory.GuestMemory;
import jinn.testing.FakeDriver;
import jinn.testing.FakeDriver.Buffer;
import jinn.testing.FakeExecutor;
import jinn.testing.FakeMmioDriver;
import jinn.testing.GuestRam;
import jinn.testing.RecordingLine;
import jinn.virtio.DeviceContext;
import jinn.virtio.QueueExecutor;
import jinn.virtio.queue.DescriptorChain;
import jinn.virtio.queue.QueueLayout;
import jinn.virtio.queue.QueueStatistics;
import jinn.virtio.queue.VirtQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MmioTransportTest {

    private static final long FEATURES = FakeMmioDriver.VERSION_1;
    private static final long DATA = GuestRam.BASE + 0x8000;
    private static final int QUEUE_SIZE = 8;
    private static final int USED = 1;
    private static final int CONFIG = 2;

    private final GuestMemory memory = GuestRam.ofBytes(0x10000);
    private final FakeExecutor executor = new FakeExecutor();
    private final RecordingLine line = new RecordingLine();
    private final List<String> warnings = new ArrayList<>();
    private final FakeDevice device = new FakeDevice();
    private final MmioTransport transport = new MmioTransport(device, memory, line, executor, warnings::add);
    private final FakeMmioDriver driver = new FakeMmioDriver(transport);
    private final FakeDriver first = new FakeDriver(memory, GuestRam.BASE, QUEUE_SIZE);
    private final FakeDriver second = new FakeDriver(memory, GuestRam.BASE + 0x1000, QUEUE_SIZE);

    /** Gives every request of both queues back unread, and writes down what happens to it. */
    private static final class FakeDevice extends FakeTwoQueueDevice {

        final List<String> events = new ArrayList<>();
        final DescriptorChain[] chains = new DescriptorChain[2];
        DeviceContext context;
        long writtenConfig;

        @Override
        public long features() {
            return 0x5;
        }

        @Override
        public long readConfig(int offset, int size) {
            return offset * 16L + size;
        }

        @Override
        public void writeConfig(int offset, int size, long value) {
            writtenConfig = value * 256 + offset * 16L + size;
        }

        @Override
        public void activate(DeviceContext newContext) {
            context = newContext;
            events.add("activate");
            for (int i = 0; i < chains.length; i++) {
                chains[i] = newContext.queue(i).newChain();
            }
        }

        @Override
        public void queueNotified(int queue) {
            events.add("queue " + queue);
            VirtQueue notified = context.queue(queue);
            if (notified.serve(chains[queue], chain -> {})) {
                context.notifyLater(queue);
            }
            context.complete(notified);
        }

        @Override
        public void reset() {
            events.add("reset");
            context = null;
        }

        List<String> takeEvents() {
            List<String> taken = List.copyOf(events);
            events.clear();
            return taken;
        }
    }

    private void start() {
        driver.start(FEATURES, first, second);
        executor.runTasks();
        device.takeEvents();
    }

    private void ring(int queue) {
        executor.executeAndWait(() -> transport.notifyQueue(queue));
    }

    @Test
    void identificationRegistersSayWhatItIs() {
        assertEquals(0x74726976, driver.read(0x000));
        assertEquals(2, driver.read(0x004));
        assertEquals(3, driver.read(0x008));
        assertEquals(0x4e4e494a, driver.read(0x00c));
        assertEquals(0xffff_ffffL, driver.read(0x0b0));
        assertEquals(0xffff_ffffL, driver.read(0x0b4));
    }

    @Test
    void featuresOfDeviceAndQueuesAreOffered() {
        assertEquals(
                0x5 | FakeMmioDriver.VERSION_1 | FakeMmioDriver.EVENT_IDX | FakeMmioDriver.INDIRECT_DESC,
                driver.offeredFeatures());
        driver.write(0x014, 2);
        assertEquals(0, driver.read(0x010));
    }

    @Test
    void registersAnswerOnlyToTheirOwnWidth() {
        assertEquals(0, transport.read(0x000, 1));
        assertEquals(0, transport.read(0x000, 8));
        transport.write(0x070, 1, 1);
        assertEquals(0, driver.status());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8})
    void configurationSpaceTakesEveryWidth(int size) {
        assertEquals(0x30 + size, transport.read(0x103, size));
        transport.write(0x107, size, 9);
        assertEquals(9 * 256 + 0x70 + size, device.writtenConfig);
    }

    @Test
    void queueThatDoesNotExistReadsAsZero() {
        driver.write(0x030, 1);
        assertEquals(16, driver.read(0x034));
        driver.write(0x030, 2);
        assertEquals(0, driver.read(0x034));
        assertEquals(0, driver.read(0x044));
        driver.write(0x030, 0xffff_ffffL);
        assertEquals(0, driver.read(0x034));
    }

    @Test
    void aRequiredFeatureIsOfferedAndHasToBeAccepted() {
        long platform = 1L << 33;
        MmioTransport strict = new MmioTransport(
                device, memory, line, queue -> executor, warnings::add, QueueService.HERE.requiring(platform));
        FakeMmioDriver user = new FakeMmioDriver(strict);

        assertEquals(platform, user.offeredFeatures() & platform);
        assertEquals(0, driver.offeredFeatures() & platform);
        user.negotiate(FEATURES);
        assertEquals(0, user.status() & FakeMmioDriver.FEATURES_OK);
        user.negotiate(FEATURES | platform);
        assertEquals(FakeMmioDriver.FEATURES_OK, user.status() & FakeMmioDriver.FEATURES_OK);
    }

    @Test
    void queueIsReadyBetweenFeaturesOkAndReset() {
        driver.setUpQueue(0, first.layout());
        assertEquals(0, driver.read(0x044));

        driver.negotiate(FEATURES);
        driver.setUpQueue(0, first.layout());
        assertEquals(1, driver.read(0x044));
        driver.setStatus(0);
        driver.write(0x030, 0);
        assertEquals(0, driver.read(0x044));
    }

    @Test
    void queueThatBecomesReadyTooLateIsNotReady() {
        driver.negotiate(FEATURES);
        driver.finish();
        driver.setUpQueue(0, first.layout());

        assertEquals(0, driver.read(0x044));
        assertEquals(15, driver.status());
    }

    @Test
    void featuresAreFixedOnceAccepted() {
        driver.negotiate(FEATURES | FakeMmioDriver.EVENT_IDX);
        driver.acceptFeatures(FEATURES | FakeMmioDriver.INDIRECT_DESC);
        driver.finish();
        executor.runTasks();

        assertTrue(device.context.hasFeature(FakeMmioDriver.VERSION_1 | FakeMmioDriver.EVENT_IDX));
        assertFalse(device.context.hasFeature(FakeMmioDriver.INDIRECT_DESC));
    }

    @Test
    void addressesOfAReadyQueueCannotBeChanged() {
        driver.negotiate(FEATURES);
        driver.setUpQueue(0, first.layout());
        driver.write(0x080, 0x1234_5670L);
        driver.setUpQueue(1, second.layout());
        driver.finish();
        executor.runTasks();
        first.add(Buffer.readable(DATA, 1));
        driver.kick(0);
        executor.runTasks();

        assertEquals(1, first.usedIndex());
    }

    @Test
    void deviceStartsOnTheLoopAndLooksAtEveryReadyQueue() {
        first.add(Buffer.readable(DATA, 1));
        driver.start(FEATURES, first, second);
        assertEquals(List.of(), device.takeEvents());

        executor.runTasks();

        assertEquals(List.of("activate", "queue 0", "queue 1"), device.takeEvents());
        assertEquals(1, first.usedIndex());
    }

    @Test
    void queueThatIsNotReadyIsNeverServed() {
        driver.negotiate(FEATURES);
        driver.setUpQueue(1, second.layout());
        driver.finish();
        executor.runTasks();
        driver.kick(0);
        executor.runTasks();

        assertEquals(List.of("activate", "queue 1"), device.takeEvents());
    }

    @Test
    void kickBeforeTheDeviceRunsIsNotLost() {
        driver.start(FEATURES, first, second);
        first.add(Buffer.readable(DATA, 1));
        ring(0);
        executor.runTasks();

        assertEquals(1, first.usedIndex());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void kickServesItsQueueOnTheLoopOnBothPaths(boolean userExit) {
        start();
        int head = second.add(Buffer.readable(DATA, 1));
        if (userExit) {
            driver.kick(1);
            assertEquals(List.of(), device.takeEvents());
            executor.runTasks();
        } else {
            ring(1);
        }

        assertEquals(List.of("queue 1"), device.takeEvents());
        assertEquals(Optional.of(new FakeDriver.Used(head, 0)), second.takeUsed());
        assertEquals(1, line.take());
        assertEquals(USED, driver.takeInterrupts());
        assertEquals(0, driver.takeInterrupts());
    }

    @Test
    void kicksThatWaitFoldIntoOneTask() {
        start();
        for (int i = 0; i < 100; i++) {
            driver.kick(0);
        }
        assertEquals(1, executor.waiting());
        executor.runTasks();
        driver.kick(0);
        assertEquals(1, executor.waiting());
    }

    @Test
    void kickOfAQueueTheDeviceDoesNotHaveIsCountedAndNothingElse() {
        start();
        driver.kick(2);
        transport.write(0x050, 4, 0xffff_ffffL);
        executor.runTasks();
        ring(7);

        assertEquals(List.of(), device.takeEvents());
        assertEquals(2, transport.faultCount());
        assertEquals(1, warnings.size());
        assertEquals("fake: guest kicked queue 2, the device has 2", warnings.getFirst());
    }

    @Test
    void queueFullOfRequestsRaisesOneInterrupt() {
        start();
        for (int i = 0; i < QUEUE_SIZE - 1; i++) {
            first.add(Buffer.readable(DATA, 1));
        }
        ring(0);

        assertEquals(QUEUE_SIZE - 1, first.usedIndex());
        assertEquals(1, line.take());
    }

    @Test
    void acknowledgeClearsOnlyItsBits() {
        start();
        first.add(Buffer.readable(DATA, 1));
        ring(0);
        executor.executeAndWait(device.context::configChanged);

        assertEquals(USED | CONFIG, driver.read(0x060));
        driver.write(0x064, USED);
        assertEquals(CONFIG, driver.read(0x060));
        driver.write(0x064, 0xffff_fffcL);
        assertEquals(CONFIG, driver.read(0x060));
    }

    @Test
    void configurationChangeIsANewGenerationAndAnInterrupt() {
        start();
        long before = driver.read(0x0fc);
        executor.executeAndWait(device.context::configChanged);

        assertEquals(before + 1, driver.read(0x0fc));
        assertEquals(1, line.take());
        assertEquals(CONFIG, driver.takeInterrupts());
    }

    @Test
    void hostileRingStopsTheDeviceUntilReset() {
        start();
        first.setAvailIndex(0x4000);
        second.add(Buffer.readable(DATA, 1));
        driver.kick(0);
        driver.kick(1);
        executor.runTasks();

        assertEquals(15 | FakeMmioDriver.NEEDS_RESET, driver.status());
        assertEquals(List.of("queue 0"), device.takeEvents());
        assertEquals(0, second.usedIndex());
        assertEquals(1, line.take());
        assertEquals(CONFIG, driver.takeInterrupts());
        assertEquals(1, transport.faultCount());
        assertTrue(
                warnings.getFirst()
                        .startsWith("fake: guest broke a rule, the device needs a reset: queue 0: avail index"),
                warnings.getFirst());

        FakeDriver fresh = new FakeDriver(memory, GuestRam.BASE + 0x2000, QUEUE_SIZE);
        driver.start(FEATURES, fresh, new FakeDriver(memory, GuestRam.BASE + 0x3000, QUEUE_SIZE));
        fresh.add(Buffer.readable(DATA, 1));
        driver.kick(0);
        executor.runTasks();
        assertEquals(1, fresh.usedIndex());
        assertEquals(15, driver.status());
    }

    @Test
    void queueOutsideMemoryIsRefusedWhenItIsMadeReady() {
        driver.negotiate(FEATURES);
        QueueLayout good = first.layout();
        driver.setUpQueue(0, new QueueLayout(8, good.descriptorTable(), 0x1000, good.usedRing()));

        assertEquals(0, driver.read(0x044));
        assertEquals(11 | FakeMmioDriver.NEEDS_RESET, driver.status());
        driver.finish();
        assertEquals(11 | FakeMmioDriver.NEEDS_RESET, driver.status());
        assertEquals(0, executor.waiting());
        assertEquals(0, line.take());
        assertTrue(warnings.getFirst().contains("queue 0: avail ring: 22 bytes at 0x1000"), warnings.getFirst());
    }

    @Test
    void hugeQueueSizeDoesNotBecomeAGoodOne() {
        driver.negotiate(FEATURES);
        driver.write(0x030, 0);
        driver.write(0x038, 0x1_0000_0008L);
        transport.write(0x038, 4, 0xffff_fff8L);
        driver.write(0x044, 1);

        assertEquals(0, driver.read(0x044));
    }

    @Test
    void resetStopsTheDeviceBeforeStatusReadsZero() {
        start();
        executor.executeAndWait(device.context::configChanged);
        assertEquals(CONFIG, driver.read(0x060));
        driver.kick(0);
        driver.setStatus(0);

        assertEquals(0, driver.status());
        assertEquals(List.of("queue 0", "reset"), device.takeEvents());
        first.add(Buffer.readable(DATA, 1));
        ring(0);
        driver.kick(0);
        executor.runTasks();
        assertEquals(List.of(), device.takeEvents());
        assertEquals(0, first.usedIndex());
        assertEquals(0, driver.read(0x060));
    }

    @Test
    void queueMadeUnreadyIsNotServedAnyMore() {
        start();
        driver.write(0x030, 0);
        driver.write(0x044, 0);
        assertEquals(0, driver.read(0x044));
        first.add(Buffer.readable(DATA, 1));
        second.add(Buffer.readable(DATA, 1));
        ring(0);
        ring(1);

        assertEquals(0, first.usedIndex());
        assertEquals(1, second.usedIndex());
    }

    @Test
    void closeStopsTheDeviceOnceAndForAll() {
        start();
        transport.close();
        transport.close();
        first.add(Buffer.readable(DATA, 1));
        ring(0);

        assertEquals(List.of("reset"), device.takeEvents());
        assertEquals(0, first.usedIndex());
    }

    @Test
    void closeOfADeviceThatNeverRanNeedsNoLoop() {
        transport.close();

        assertEquals(List.of(), device.takeEvents());
    }

    @Test
    void countsBatchesRequestsAndInterruptsOfEachQueue() {
        start();
        long looks = transport.statistics().get(0).batches();
        first.add(Buffer.readable(DATA, 1));
        first.add(Buffer.readable(DATA, 1));
        ring(0);
        first.setNoInterrupt(true);
        first.add(Buffer.readable(DATA, 1));
        ring(0);
        ring(0);

        assertEquals(
                new QueueStatistics(looks + 3, 3, 1, 1, 0),
                transport.statistics().get(0));
        assertEquals(0, transport.statistics().get(1).requests());
        second.setAvailIndex(17);
        ring(1);
        assertEquals(1, transport.statistics().get(1).errors());
        driver.setStatus(0);
        assertEquals(3, transport.statistics().get(0).requests());
    }

    @Test
    void driverThatNeverStopsLetsTheLoopDoOtherWork() {
        start();
        first.add(Buffer.readable(DATA, 1));
        DescriptorChain refilled = device.chains[0];
        assertFalse(executor.waiting() > 0);
        executor.executeAndWait(() -> {
            VirtQueue queue = device.context.queue(0);
            if (queue.serve(refilled, chain -> first.offer(0))) {
                device.context.notifyLater(0);
            }
        });

        assertEquals(1, executor.waiting());
    }

    /* Two vCPU threads hammer the registers while a third resets: the rings must be silent after each reset. */
    @Test
    void resetIsSilentWhileOtherVcpusKick() throws Exception {
        try (ExecutorService loopThread = Executors.newSingleThreadExecutor();
                ExecutorService vcpus = Executors.newFixedThreadPool(2)) {
            QueueExecutor loop = new ThreadExecutor(loopThread);
            MmioTransport threaded = new MmioTransport(device, memory, line, loop, warnings::add);
            FakeMmioDriver threadedDriver = new FakeMmioDriver(threaded);
            CountDownLatch stop = new CountDownLatch(1);
            Runnable kicker = () -> {
                while (stop.getCount() > 0) {
                    threaded.write(0x050, 4, 0);
                }
            };
            List<Future<?>> kickers = List.of(vcpus.submit(kicker), vcpus.submit(kicker));
            for (int round = 0; round < 200; round++) {
                memory.slice(GuestRam.BASE, 0x2000).fill((byte) 0);
                FakeDriver ring = new FakeDriver(memory, GuestRam.BASE, QUEUE_SIZE);
                threadedDriver.start(FEATURES, ring, new FakeDriver(memory, GuestRam.BASE + 0x1000, QUEUE_SIZE));
                ring.add(Buffer.readable(DATA, 1));
                threadedDriver.setStatus(0);
                int used = ring.usedIndex();
                ring.add(Buffer.readable(DATA, 1));
                assertEquals(used, ring.usedIndex());
                assertEquals(0, threadedDriver.status());
            }
            stop.countDown();
            for (Future<?> running : kickers) {
                running.get(10, TimeUnit.SECONDS);
            }
        }
        assertEquals(List.of(), warnings);
    }

    private record ThreadExecutor(ExecutorService thread) implements QueueExecutor {

        @Override
        public void execute(Runnable task) {
            thread.execute(task);
        }

        @Override
        public void executeAndWait(Runnable task) {
            try {
                thread.submit(task).get(10, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IllegalStateException("the loop did not run the task", e);
            }
        }

        @Override
        public boolean isOwner() {
            return true;
        }
    }
}
