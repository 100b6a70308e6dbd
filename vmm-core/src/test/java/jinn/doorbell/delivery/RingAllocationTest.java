package jinn.doorbell.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import jinn.doorbell.delivery.DoorbellRequest.Fallback;
import jinn.event.EventLoop;
import jinn.hypervisor.DoorbellKey;
import jinn.testing.AllocationMeter;
import jinn.testing.FakeVm;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From the driver's signal, or the vCPU's exit, through epoll to the handler: the way of every ring. */
@Timeout(60)
final class RingAllocationTest {

    private static final long ADDRESS = 0x0a00_0050L;
    private static final int WARM_UP_RINGS = 60_000;
    private static final int RINGS = 20_000;

    /** A recompilation may make an object once; one object a ring would be 16 bytes each at least. */
    private static final long TOLERATED_BYTES = RINGS;

    private final FakeVm vm = new FakeVm();
    private final AllocationMeter meter = new AllocationMeter();
    private long bytes;
    private final AtomicLong handled = new AtomicLong();

    @AutoClose
    private final EventLoop loop = EventLoop.start("test-loop", failure -> handled.set(Long.MIN_VALUE));

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRingMakesNoObjectOnTheLoopsThread(boolean userspace) {
        DoorbellRegistrar registrar = new DoorbellRegistrar("demo", vm, loop, userspace);
        Doorbell doorbell = registrar.register(new DoorbellRequest(
                "queue",
                new DoorbellKey(ADDRESS, 4, OptionalLong.of(0)),
                Fallback.SHARED,
                (rung, count) -> handled.addAndGet(count)));
        ring(doorbell, userspace, WARM_UP_RINGS);
        long before = loopBytes();
        ring(doorbell, userspace, RINGS);
        long allocated = loopBytes() - before;

        assertEquals(WARM_UP_RINGS + RINGS, handled.get());
        assertTrue(allocated < TOLERATED_BYTES, allocated + " bytes for " + RINGS + " rings");
    }

    private long loopBytes() {
        loop.executeAndWait(() -> bytes = meter.currentThreadBytes());
        return bytes;
    }

    /** Rings one at a time, so that each one takes the whole way. */
    private void ring(Doorbell doorbell, boolean userspace, int count) {
        for (int i = 0; i < count; i++) {
            long expected = handled.get() + 1;
            if (userspace) {
                doorbell.ringFromUserspace();
            } else {
                vm.store(ADDRESS, 4, 0);
            }
            while (handled.get() < expected && handled.get() >= 0) {
                Thread.onSpinWait();
            }
        }
    }
}
