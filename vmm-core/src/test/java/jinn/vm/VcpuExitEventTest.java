package jinn.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import jinn.bus.MmioBus;
import jinn.bus.MmioDevice;
import jinn.hypervisor.VcpuExit;
import jinn.testing.AllocationMeter;
import jinn.testing.FakeVcpu;
import jinn.testing.FlightRecording;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a flight recording has of a vCPU's exits, and what they cost while nobody records. */
@Timeout(60)
final class VcpuExitEventTest {

    private static final long DEVICE = 0x1000;
    private static final long METER = 0x2000;
    private static final int WARM_UP_EXITS = 20_000;
    private static final int EXITS = 20_000;

    private final MmioBus bus = new MmioBus();
    private final VmEnd end = new VmEnd();
    private final FakeVcpu vcpu = new FakeVcpu(3);
    private final AllocationMeter meter = new AllocationMeter();
    private long bytes;

    VcpuExitEventTest() {
        bus.add("device", DEVICE, 0x100, device(() -> {}));
        bus.add("meter", METER, 0x100, device(() -> bytes = meter.currentThreadBytes() - bytes));
    }

    @Test
    void eachExitIsAnEventThatLastsAsLongAsItIsServed(@TempDir Path directory) throws IOException {
        vcpu.store(DEVICE + 4, 2, 7)
                .load(DEVICE + 8, 8)
                .exit(new VcpuExit.Interrupted())
                .powerOff();
        try (FlightRecording recording = new FlightRecording("jinn.VcpuExit")) {
            run();
            List<RecordedEvent> events = recording.events(directory);

            assertEquals(
                    List.of(
                            "vcpu-3 3 mmio 0x1004/2 true",
                            "vcpu-3 3 mmio 0x1008/8 false",
                            "vcpu-3 3 interrupted 0x0/0 false",
                            "vcpu-3 3 system-event 0x0/0 false"),
                    events.stream().map(VcpuExitEventTest::show).toList());
            events.forEach(event -> assertTrue(event.getDuration().toNanos() >= 0, event::toString));
        }
    }

    @Test
    void whileNobodyRecordsAnExitMakesNoObject() {
        exits(WARM_UP_EXITS).load(METER, 8);
        exits(EXITS).load(METER, 8).powerOff();
        run();

        // One object an exit would be 16 bytes each at least.
        assertTrue(bytes < EXITS, bytes + " bytes for " + EXITS + " exits");
    }

    /** No accesses: the fake makes objects of its own for these. */
    private FakeVcpu exits(int count) {
        VcpuExit interrupted = new VcpuExit.Interrupted();
        for (int i = 0; i < count; i++) {
            vcpu.exit(interrupted);
        }
        return vcpu;
    }

    private void run() {
        VcpuThread thread = new VcpuThread(vcpu, bus, end);
        thread.start();
        assertEquals(new VmOutcome.PoweredOff(), end.await());
        thread.join();
    }

    private static MmioDevice device(Runnable onLoad) {
        return new MmioDevice() {
            @Override
            public long read(long offset, int size) {
                onLoad.run();
                return 0;
            }

            @Override
            public void write(long offset, int size, long value) {}
        };
    }

    private static String show(RecordedEvent event) {
        return String.format(
                "%s %d %s 0x%x/%d %s",
                event.getThread().getJavaName(),
                event.getInt("vcpu"),
                event.getString("reason"),
                event.getLong("address"),
                event.getInt("size"),
                event.getBoolean("store"));
    }
}
