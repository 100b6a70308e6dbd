package jinn.virtio.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.function.Consumer;
import java.util.stream.Stream;
import jinn.error.GuestFaultException;
import jinn.memory.GuestMemory;
import jinn.memory.IoVector;
import jinn.testing.FakeDriver;
import jinn.testing.FakeDriver.Buffer;
import jinn.testing.GuestRam;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/* A ring that the device walks without end is what some of these tests are about. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DescriptorChainTest {

    private static final int SIZE = 8;
    private static final long RAM_BYTES = 0x10000;
    private static final long END = GuestRam.BASE + RAM_BYTES;
    private static final long DATA = GuestRam.BASE + 0x8000;
    private static final long TABLE = GuestRam.BASE + 0x9000;

    private static final int NEXT = FakeDriver.NEXT;
    private static final int WRITE = FakeDriver.WRITE;
    private static final int INDIRECT = FakeDriver.INDIRECT;

    private final GuestMemory memory = GuestRam.ofBytes(RAM_BYTES);
    private final FakeDriver driver = new FakeDriver(memory, GuestRam.BASE, SIZE);
    private final VirtQueue queue = new VirtQueue(0, SIZE, memory);

    static Stream<Arguments> brokenChains() {
        return Stream.of(
                broken("more than 8 descriptors", d -> d.describe(0, DATA, 4, NEXT, 0)),
                broken("more than 8 descriptors", d -> {
                    d.describe(0, DATA, 4, NEXT, 1);
                    d.describe(1, DATA, 4, NEXT, 0);
                }),
                broken("next descriptor 8 is outside its table of 8", d -> d.describe(0, DATA, 4, NEXT, 8)),
                broken("next descriptor 65535 is outside", d -> d.describe(0, DATA, 4, NEXT, 0xffff)),
                broken("buffer 0 is empty", d -> d.describe(0, DATA, 0, 0, 0)),
                broken("buffer 1 is readable after a writable one", d -> {
                    d.describe(0, DATA, 4, NEXT | WRITE, 1);
                    d.describe(1, DATA, 4, 0, 0);
                }),
                broken("not in guest memory", d -> d.describe(0, END, 4, 0, 0)),
                broken("not in guest memory", d -> d.describe(0, END - 3, 4, WRITE, 0)),
                broken("not in guest memory", d -> d.describe(0, 0, 4, 0, 0)),
                broken("not in guest memory", d -> d.describe(0, -2, 4, 0, 0)),
                broken("4294967295 bytes at 0x40008000 are not in", d -> d.describe(0, DATA, -1, 0, 0)),
                broken("indirect descriptor with a next", d -> d.describe(0, TABLE, 16, INDIRECT | NEXT, 1)),
                broken("indirect table of 0 bytes", d -> d.describe(0, TABLE, 0, INDIRECT, 0)),
                broken("indirect table of 24 bytes", d -> d.describe(0, TABLE, 24, INDIRECT, 0)),
                broken("not in guest memory", d -> d.describe(0, END - 16, 32, INDIRECT, 0)),
                broken("indirect descriptor where none may be", d -> {
                    d.describe(0, TABLE, 16, INDIRECT, 0);
                    d.describeAt(TABLE, TABLE, 16, INDIRECT, 0);
                }),
                broken("next descriptor 1 is outside its table of 1", d -> {
                    d.describe(0, TABLE, 16, INDIRECT, 0);
                    d.describeAt(TABLE, DATA, 4, NEXT, 1);
                }),
                broken("more than 8 descriptors", d -> {
                    d.describe(0, TABLE, 32, INDIRECT, 0);
                    d.describeAt(TABLE, DATA, 4, NEXT, 1);
                    d.describeAt(TABLE + 16, DATA, 4, NEXT, 0);
                }));
    }

    private static Arguments broken(String message, Consumer<FakeDriver> descriptors) {
        return Arguments.of(message, descriptors);
    }

    @ParameterizedTest
    @MethodSource("brokenChains")
    void brokenChainIsAFaultThatSaysWhat(String message, Consumer<FakeDriver> descriptors) {
        queue.enable(driver.layout(), true, false);
        descriptors.accept(driver);
        driver.offer(0);

        GuestFaultException fault = assertThrows(GuestFaultException.class, () -> queue.pop(queue.newChain()));

        assertTrue(fault.getMessage().contains(message), fault.getMessage());
    }

    @Test
    void indirectDescriptorThatWasNotNegotiatedIsAFault() {
        queue.enable(driver.layout(), false, false);
        driver.describeAt(TABLE, DATA, 4, 0, 0);
        driver.describe(0, TABLE, 16, INDIRECT, 0);
        driver.offer(0);

        assertThrows(GuestFaultException.class, () -> queue.pop(queue.newChain()));
    }

    @Test
    void chainAsLongAsTheQueueIsAllowed() {
        queue.enable(driver.layout(), true, false);
        for (int i = 0; i < SIZE; i++) {
            driver.describe(i, DATA + i, 1, i == SIZE - 1 ? 0 : NEXT, i + 1);
        }
        driver.offer(0);
        DescriptorChain chain = queue.newChain();

        assertTrue(queue.pop(chain));
        assertEquals(SIZE, chain.readableBytes());
    }

    @Test
    void descriptorChangedAfterTheChainWasTakenChangesNothing() {
        queue.enable(driver.layout(), true, false);
        memory.writeU8(DATA, 1);
        memory.writeU8(DATA + 64, 2);
        driver.describe(0, DATA, 1, 0, 0);
        driver.offer(0);
        DescriptorChain chain = queue.newChain();
        queue.pop(chain);

        driver.describe(0, END, 0x7fff_ffff, WRITE, 0);

        byte[] bytes = new byte[4];
        assertEquals(1, chain.read(bytes, 0, 4));
        assertEquals(1, bytes[0]);
        assertEquals(0, chain.write(bytes, 0, 4));
    }

    @Test
    void chainOfASmallerQueueIsRefused() {
        VirtQueue small = new VirtQueue(1, 4, memory);
        small.enable(new FakeDriver(memory, GuestRam.BASE + 0x2000, 4).layout(), true, false);
        DescriptorChain chain = small.newChain();
        queue.enable(driver.layout(), true, false);
        driver.describe(0, DATA, 1, 0, 0);
        driver.offer(0);

        assertThrows(IllegalArgumentException.class, () -> queue.pop(chain));
    }

    @Test
    void givesThePiecesOfItsPartsToTheKernel() {
        driver.add(
                Buffer.readable(DATA, 4),
                Buffer.readable(DATA + 0x100, 4),
                Buffer.writable(DATA + 0x200, 8),
                Buffer.writable(DATA + 0x300, 8));
        queue.enable(driver.layout(), true, false);
        DescriptorChain chain = queue.newChain();
        queue.pop(chain);
        IoVector vector = new IoVector(8, Arena.ofAuto());

        assertEquals(6, chain.readInto(vector, 6));
        assertEquals(2, vector.count());
        assertEquals(2, chain.readableLeft());
        assertEquals(2, chain.readInto(vector, 100));
        assertEquals(3, vector.count());

        vector.clear();
        assertEquals(12, chain.writeFrom(vector, 12));
        assertEquals(0, chain.bytesWritten());
        chain.written(10);
        assertEquals(10, chain.bytesWritten());
        assertEquals(1, chain.write(new byte[] {7}, 0, 1));
        assertEquals(7, memory.readU8(DATA + 0x302));
        vector.clear();
        assertEquals(5, chain.writeFrom(vector, 100));
        assertEquals(5, vector.bytes());
    }

    @Test
    void stopsWhenTheListIsFull() {
        driver.add(Buffer.readable(DATA, 4), Buffer.readable(DATA + 0x100, 4), Buffer.writable(DATA + 0x200, 8));
        queue.enable(driver.layout(), true, false);
        DescriptorChain chain = queue.newChain();
        queue.pop(chain);
        IoVector vector = new IoVector(1, Arena.ofAuto());

        assertEquals(4, chain.readInto(vector, 100));
        vector.clear();
        assertEquals(4, chain.readInto(vector, 100));
        assertEquals(0, chain.readableLeft());
    }
}
