package jinn.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
