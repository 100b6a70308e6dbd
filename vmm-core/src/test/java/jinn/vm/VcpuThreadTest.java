package jinn.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jinn.bus.MmioBus;
import jinn.bus.MmioDevice;
import jinn.hypervisor.VcpuExit;
import jinn.testing.FakeVcpu;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(30)
final class VcpuThreadTest {

    private final MmioBus bus = new MmioBus();
    private final VmEnd end = new VmEnd();
    private final FakeVcpu vcpu = new FakeVcpu(3);
    private final VcpuThread thread = new VcpuThread(vcpu, bus, end);

    record Ending(VcpuExit exit, VmOutcome outcome) {}

    static Stream<Ending> endings() {
        return Stream.of(
                new Ending(new VcpuExit.SystemEvent(VcpuExit.SystemEventType.POWER_OFF), new VmOutcome.PoweredOff()),
                new Ending(new VcpuExit.SystemEvent(VcpuExit.SystemEventType.RESET), new VmOutcome.Reset()),
                new Ending(
                        new VcpuExit.SystemEvent(VcpuExit.SystemEventType.CRASH),
                        new VmOutcome.Crashed("vCPU 3: the guest reported a crash")),
                new Ending(
                        new VcpuExit.SystemEvent(VcpuExit.SystemEventType.UNSUPPORTED),
                        new VmOutcome.Crashed("vCPU 3: the guest caused a system event that nobody handles")),
                new Ending(
                        new VcpuExit.Failure(VcpuExit.Kind.FAIL_ENTRY, "refused"),
                        new VmOutcome.Crashed("vCPU 3: refused")),
                new Ending(
                        new VcpuExit.Mmio().set(0x1234, 2, true, 0x55),
                        new VmOutcome.UnmappedAccess(3, 0x1234, true, 2, 0x55)),
                new Ending(
                        new VcpuExit.Mmio().set(0x1234, 8, false, 0),
                        new VmOutcome.UnmappedAccess(3, 0x1234, false, 8, 0)));
    }

    @ParameterizedTest
    @MethodSource("endings")
    void anExitThatEndsTheMachineGivesItsOutcomeAndEndsTheThread(Ending ending) {
        vcpu.exit(ending.exit());
        thread.start();

        assertEquals(ending.outcome(), end.await());
        thread.join();
        assertEquals(1, thread.status().runReturns());
    }

    @Test
    void loadsAndStoresReachTheDeviceAndReturnsAreCountedByReason() {
        List<String> stores = new ArrayList<>();
        bus.add("device", 0x1000, 0x100, new MmioDevice() {
            @Override
            public long read(long offset, int size) {
                return offset + size;
            }

            @Override
            public void write(long offset, int size, long value) {
                stores.add(offset + "/" + size + "=" + value);
            }
        });
        vcpu.store(0x1010, 4, 7)
                .load(0x1020, 2)
                .exit(new VcpuExit.Hypercall(0xc600_0001L))
                .exit(new VcpuExit.Interrupted())
                .store(0x1011, 1, 8)
                .powerOff();
        thread.start();

        assertEquals(new VmOutcome.PoweredOff(), end.await());
        thread.join();
        assertEquals(List.of("16/4=7", "17/1=8"), stores);
        assertEquals(List.of(0x22L), vcpu.loads());
        assertEquals(1, vcpu.refusedHypercalls());
        assertEquals(
                new VcpuStatus(3, 6, Map.of("mmio", 3L, "interrupted", 1L, "system-event", 1L, "hypercall", 1L)),
                thread.status());
    }

    @Test
    void aBlockedVcpuStopsWhenAsked() throws InterruptedException {
        thread.start();
        vcpu.awaitRunning();
        thread.requestStop();
        thread.join();

        assertFalse(end.isDecided());
    }

    @Test
    void aStopBeforeTheStartMeansThatTheGuestNeverRuns() {
        vcpu.powerOff();
        thread.requestStop();
        thread.start();
        thread.join();

        assertEquals(0, thread.status().runReturns());
    }

    @Test
    void aPausedVcpuTouchesNothingUntilItIsResumed() {
        AtomicInteger stores = new AtomicInteger();
        addCounter(stores);
        thread.start();
        thread.requestPause();
        thread.awaitParked();
        for (int i = 0; i < 100; i++) {
            vcpu.store(0x1000, 4, i);
        }
        vcpu.powerOff();
        assertEquals(0, stores.get());
        assertFalse(end.isDecided());

        thread.resume();
        assertEquals(new VmOutcome.PoweredOff(), end.await());
        assertEquals(100, stores.get());
        thread.join();
    }

    @Test
    void aVcpuThatWasPausedBeforeItsStartDoesNotRun() {
        AtomicInteger stores = new AtomicInteger();
        addCounter(stores);
        vcpu.store(0x1000, 4, 1).powerOff();
        thread.requestPause();
        thread.awaitParked();
        thread.start();
        thread.awaitParked();
        assertEquals(0, stores.get());

        thread.resume();
        assertEquals(new VmOutcome.PoweredOff(), end.await());
        thread.join();
    }

    @Test
    void aPausedVcpuStopsWhenAsked() {
        thread.start();
        thread.requestPause();
        thread.awaitParked();
        thread.requestStop();
        thread.join();

        assertFalse(end.isDecided());
    }

    /* Each load gives the number of the access, so a load that is served twice or not at all shifts all after it. */
    @Test
    void noExitIsLostOrServedTwiceInAThousandPauses() {
        AtomicInteger accesses = new AtomicInteger();
        AtomicBoolean enough = new AtomicBoolean();
        bus.add("endless", 0x1000, 0x100, new MmioDevice() {
            @Override
            public long read(long offset, int size) {
                if (!enough.get()) {
                    vcpu.load(0x1000, 4);
                } else {
                    vcpu.powerOff();
                }
                return accesses.getAndIncrement();
            }

            @Override
            public void write(long offset, int size, long value) {}
        });
        vcpu.load(0x1000, 4);
        thread.start();
        for (int round = 0; round < 1000; round++) {
            thread.requestPause();
            thread.awaitParked();
            int before = accesses.get();
            Thread.onSpinWait();
            assertEquals(before, accesses.get(), "the vCPU ran in a pause");
            thread.resume();
        }
        enough.set(true);
        assertEquals(new VmOutcome.PoweredOff(), end.await());
        thread.join();

        assertEquals(IntStream.range(0, accesses.get()).mapToObj(i -> (long) i).toList(), vcpu.loads());
    }

    /** Adds a device that counts its accesses; a load gives how many there were before. */
    private void addCounter(AtomicInteger accesses) {
        bus.add("counter", 0x1000, 0x100, new MmioDevice() {
            @Override
            public long read(long offset, int size) {
                return accesses.getAndIncrement();
            }

            @Override
            public void write(long offset, int size, long value) {
                accesses.incrementAndGet();
            }
        });
    }

    @Test
    void aDeviceThatThrowsFailsTheMachine() {
        IllegalStateException thrown = new IllegalStateException("on purpose");
        bus.add("device", 0x1000, 0x100, new MmioDevice() {
            @Override
            public long read(long offset, int size) {
                throw thrown;
            }

            @Override
            public void write(long offset, int size, long value) {}
        });
        vcpu.load(0x1000, 4);
        thread.start();

        assertSame(thrown, assertThrows(IllegalStateException.class, end::await));
        thread.join();
    }
}
