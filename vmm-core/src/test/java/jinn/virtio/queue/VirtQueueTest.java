package jinn.virtio.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import jinn.error.GuestFaultException;
import jinn.memory.GuestMemory;
import jinn.testing.FakeDriver;
import jinn.testing.FakeDriver.Buffer;
import jinn.testing.FakeDriver.Used;
import jinn.testing.GuestRam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/* A ring that the device walks without end is what some of these tests are about. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class VirtQueueTest {

    private static final int SIZE = 8;
    private static final long DATA = GuestRam.BASE + 0x8000;

    private final GuestMemory memory = GuestRam.ofBytes(0x10000);
    private final FakeDriver driver = new FakeDriver(memory, GuestRam.BASE, SIZE);
    private final VirtQueue queue = new VirtQueue(0, 256, memory);

    private DescriptorChain enable(boolean eventIndex) {
        queue.enable(driver.layout(), true, eventIndex);
        return queue.newChain();
    }

    private void echo(DescriptorChain chain) {
        byte[] bytes = new byte[64];
        int length = chain.read(bytes, 0, bytes.length);
        chain.write(bytes, 0, length);
        queue.addUsed(chain);
    }

    @Test
    void emptyQueueGivesNothing() {
        DescriptorChain chain = enable(false);

        assertFalse(queue.pop(chain));
        assertFalse(queue.publish());
        assertEquals(0, driver.usedIndex());
    }

    @Test
    void disabledQueueGivesNothingAndTouchesNothing() {
        DescriptorChain chain = enable(false);
        driver.add(Buffer.readable(DATA, 4));
        queue.disable();

        assertFalse(queue.pop(chain));
        assertFalse(queue.serve(chain, this::echo));
        assertFalse(queue.enableNotifications());
        queue.disableNotifications();
        assertFalse(driver.kicksUnwanted());
        assertEquals(0, queue.size());
    }

    @Test
    void requestIsReadServedAndGivenBack() {
        DescriptorChain chain = enable(false);
        memory.writeU32(DATA, 0xcafe_f00dL);
        int head = driver.add(
                Buffer.readable(DATA, 2),
                Buffer.readable(DATA + 2, 2),
                Buffer.writable(DATA + 16, 3),
                Buffer.writable(DATA + 32, 10));

        assertTrue(queue.pop(chain));
        assertEquals(4, chain.readableBytes());
        assertEquals(13, chain.writableBytes());
        echo(chain);
        assertEquals(Optional.empty(), driver.takeUsed());
        assertTrue(queue.publish());

        assertEquals(Optional.of(new Used(head, 4)), driver.takeUsed());
        assertEquals(0xfe_f00dL, memory.readU32(DATA + 16) & 0xff_ffff);
        assertEquals(0xca, memory.readU8(DATA + 32));
        assertFalse(queue.pop(chain));
    }

    @Test
    void readAndWriteStopAtTheEndOfTheirPart() {
        DescriptorChain chain = enable(false);
        driver.add(Buffer.readable(DATA, 3), Buffer.writable(DATA + 16, 5));
        queue.pop(chain);
        byte[] bytes = new byte[16];

        assertEquals(3, chain.read(bytes, 0, 16));
        assertEquals(0, chain.read(bytes, 0, 16));
        assertEquals(4, chain.write(bytes, 0, 4));
        assertEquals(1, chain.writableLeft());
        assertEquals(1, chain.write(bytes, 0, 16));
        assertEquals(0, chain.write(bytes, 0, 16));
        assertEquals(5, chain.bytesWritten());
        assertEquals(0, chain.readableLeft());
    }

    @Test
    void indirectTableIsFollowed() {
        DescriptorChain chain = enable(false);
        memory.writeU8(DATA, 0x5a);
        int head = driver.addIndirect(DATA + 0x1008, Buffer.readable(DATA, 1), Buffer.writable(DATA + 16, 1));

        assertTrue(queue.pop(chain));
        echo(chain);
        queue.publish();

        assertEquals(Optional.of(new Used(head, 1)), driver.takeUsed());
        assertEquals(0x5a, memory.readU8(DATA + 16));
    }

    @Test
    void writeFlagOfAnIndirectDescriptorIsIgnored() {
        DescriptorChain chain = enable(false);
        driver.describeAt(DATA + 0x1000, DATA, 1, FakeDriver.NEXT, 1);
        driver.describeAt(DATA + 0x1010, DATA + 16, 2, FakeDriver.WRITE, 0);
        driver.describe(0, DATA + 0x1000, 32, FakeDriver.INDIRECT | FakeDriver.WRITE, 0);
        driver.offer(0);

        assertTrue(queue.pop(chain));
        assertEquals(1, chain.readableBytes());
        assertEquals(2, chain.writableBytes());
    }

    @Test
    void indirectTableMayEndADirectChain() {
        DescriptorChain chain = enable(false);
        driver.describeAt(DATA + 0x1000, DATA + 16, 7, FakeDriver.WRITE, 0);
        driver.describe(0, DATA, 4, FakeDriver.NEXT, 5);
        driver.describe(5, DATA + 0x1000, 16, FakeDriver.INDIRECT, 0);
        driver.offer(0);

        assertTrue(queue.pop(chain));
        assertEquals(4, chain.readableBytes());
        assertEquals(7, chain.writableBytes());
    }

    @Test
    void indicesWrapAroundTheRingAndAroundSixteenBits() {
        DescriptorChain chain = enable(false);
        for (int i = 0; i < 0x10000 + 3 * SIZE; i++) {
            memory.writeU32(DATA, i);
            int head = driver.add(Buffer.readable(DATA, 4), Buffer.writable(DATA + 16, 4));
            assertTrue(queue.pop(chain));
            echo(chain);
            assertTrue(queue.publish());
            assertEquals(Optional.of(new Used(head, 4)), driver.takeUsed());
            assertEquals(i, memory.readU32(DATA + 16));
        }
    }

    @Test
    void batchIsPublishedAtOnce() {
        DescriptorChain chain = enable(false);
        for (int i = 0; i < SIZE; i++) {
            driver.add(Buffer.readable(DATA, 1));
        }
        while (queue.pop(chain)) {
            queue.addUsed(chain);
        }

        assertEquals(0, driver.usedIndex());
        assertTrue(queue.publish());
        assertEquals(SIZE, driver.usedIndex());
        assertFalse(queue.publish());
    }

    @Test
    void noInterruptFlagIsHeeded() {
        DescriptorChain chain = enable(false);
        driver.setNoInterrupt(true);
        driver.add(Buffer.readable(DATA, 1));
        queue.pop(chain);
        queue.addUsed(chain);
        assertFalse(queue.publish());

        driver.setNoInterrupt(false);
        driver.add(Buffer.readable(DATA, 1));
        queue.pop(chain);
        queue.addUsed(chain);
        assertTrue(queue.publish());
    }

    @Test
    void usedEventAsksForAnInterruptAtItsIndexOnly() {
        DescriptorChain chain = enable(true);
        driver.setUsedEvent(2);
        boolean[] wanted = new boolean[5];
        for (int i = 0; i < wanted.length; i++) {
            driver.add(Buffer.readable(DATA, 1));
            queue.pop(chain);
            queue.addUsed(chain);
            wanted[i] = queue.publish();
        }

        assertFalse(wanted[0]);
        assertFalse(wanted[1]);
        assertTrue(wanted[2]);
        assertFalse(wanted[3]);
        assertFalse(wanted[4]);
    }

    @Test
    void usedEventInsideABatchAsksForAnInterrupt() {
        DescriptorChain chain = enable(true);
        driver.setUsedEvent(1);
        for (int i = 0; i < 4; i++) {
            driver.add(Buffer.readable(DATA, 1));
        }
        while (queue.pop(chain)) {
            queue.addUsed(chain);
        }

        assertTrue(queue.publish());
    }

    @Test
    void withEventIndexTheNoInterruptFlagMeansNothing() {
        DescriptorChain chain = enable(true);
        driver.setNoInterrupt(true);
        driver.add(Buffer.readable(DATA, 1));
        queue.pop(chain);
        queue.addUsed(chain);

        assertTrue(queue.publish());
    }

    @Test
    void notificationsAreSwitchedByFlagWithoutEventIndex() {
        enable(false);
        queue.disableNotifications();
        assertTrue(driver.kicksUnwanted());

        assertFalse(queue.enableNotifications());
        assertFalse(driver.kicksUnwanted());
    }

    @Test
    void notificationsAreAskedForByAvailEventAndTheFlagStaysClear() {
        DescriptorChain chain = enable(true);
        for (int i = 0; i < 3; i++) {
            driver.add(Buffer.readable(DATA, 1));
            queue.pop(chain);
        }
        queue.disableNotifications();
        assertFalse(driver.kicksUnwanted());
        assertEquals(0, driver.availEvent());

        assertFalse(queue.enableNotifications());
        assertEquals(3, driver.availEvent());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void enablingNotificationsReportsRequestsThatCameBefore(boolean eventIndex) {
        enable(eventIndex);
        queue.disableNotifications();
        driver.add(Buffer.readable(DATA, 1));

        assertTrue(queue.enableNotifications());
    }

    @Test
    void serveEndsWithNotificationsOnWhenTheRingIsEmpty() {
        DescriptorChain chain = enable(false);
        driver.add(Buffer.readable(DATA, 1));

        assertFalse(queue.serve(chain, served -> assertTrue(driver.kicksUnwanted())));
        assertFalse(driver.kicksUnwanted());
        assertTrue(queue.publish());
        assertEquals(1, driver.usedIndex());
    }

    @Test
    void serveSeesRequestsAddedWhileItWorks() {
        DescriptorChain chain = enable(true);
        driver.add(Buffer.readable(DATA, 1));
        int[] served = new int[1];
        boolean more = queue.serve(chain, request -> {
            if (served[0]++ == 0) {
                driver.add(Buffer.readable(DATA, 1));
            }
        });

        assertFalse(more);
        assertEquals(2, served[0]);
    }

    @Test
    void serveComesBackAfterAQueueFullEvenIfTheDriverNeverStops() {
        DescriptorChain chain = enable(false);
        driver.add(Buffer.readable(DATA, 1));
        int[] served = new int[1];
        boolean more = queue.serve(chain, request -> {
            served[0]++;
            driver.offer(0);
        });

        assertTrue(more);
        assertEquals(SIZE, served[0]);
        assertTrue(driver.kicksUnwanted());
    }

    @Test
    void enablingStartsAtIndexZeroAgain() {
        DescriptorChain chain = enable(false);
        driver.add(Buffer.readable(DATA, 1));
        queue.pop(chain);
        queue.addUsed(chain);
        queue.publish();

        FakeDriver second = new FakeDriver(memory, GuestRam.BASE + 0x1000, 4);
        queue.enable(second.layout(), true, false);
        DescriptorChain fresh = queue.newChain();
        int head = second.add(Buffer.readable(DATA, 1));
        assertTrue(queue.pop(fresh));
        queue.addUsed(fresh);
        queue.publish();

        assertEquals(Optional.of(new Used(head, 0)), second.takeUsed());
    }

    @Test
    void largestQueueWorks() {
        int size = QueueLayout.MAXIMUM_SIZE;
        GuestMemory big = GuestRam.ofBytes(0x200000);
        FakeDriver bigDriver = new FakeDriver(big, GuestRam.BASE, size);
        VirtQueue bigQueue = new VirtQueue(0, size, big);
        bigQueue.enable(bigDriver.layout(), false, true);
        DescriptorChain chain = bigQueue.newChain();
        int[] served = new int[1];
        for (int i = 0; i < size; i++) {
            bigDriver.add(Buffer.readable(GuestRam.BASE + 0x100000, 1));
        }

        assertTrue(bigQueue.serve(chain, request -> served[0]++));
        assertEquals(size, served[0]);
    }

    @Test
    void availIndexFurtherAheadThanTheQueueIsAFault() {
        DescriptorChain chain = enable(false);
        driver.setAvailIndex(SIZE + 1);

        GuestFaultException fault = assertThrows(GuestFaultException.class, () -> queue.pop(chain));
        assertTrue(fault.getMessage().contains("avail index is 9 ahead in a queue of 8"), fault.getMessage());
    }

    @Test
    void availIndexThatGoesBackIsAFault() {
        DescriptorChain chain = enable(false);
        driver.setAvailIndex(0xffff);

        assertThrows(GuestFaultException.class, () -> queue.pop(chain));
    }

    @Test
    void headOutsideTheTableIsAFault() {
        DescriptorChain chain = enable(false);
        driver.offer(SIZE);

        GuestFaultException fault = assertThrows(GuestFaultException.class, () -> queue.pop(chain));
        assertTrue(fault.getMessage().contains("descriptor 8 of 8"), fault.getMessage());
    }

    @Test
    void maximumSizeMustBeAPowerOfTwoInRange() {
        assertThrows(IllegalArgumentException.class, () -> new VirtQueue(0, 0, memory));
        assertThrows(IllegalArgumentException.class, () -> new VirtQueue(0, 100, memory));
        assertThrows(IllegalArgumentException.class, () -> new VirtQueue(0, 65536, memory));
    }
}
