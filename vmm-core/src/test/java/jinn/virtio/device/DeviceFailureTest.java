package jinn.virtio.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import jinn.error.DeviceFailureException;
import jinn.testing.DeviceBench;
import jinn.testing.DeviceBench.KickPath;
import jinn.testing.FakeMmioDriver;
import jinn.virtio.DeviceContext;
import jinn.virtio.DeviceType;
import jinn.virtio.VirtioDevice;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A device whose code fails costs the guest this device. */
class DeviceFailureTest {

    private static final class FailingDevice implements VirtioDevice {

        @Override
        public DeviceType type() {
            return new DeviceType(42);
        }

        @Override
        public String name() {
            return "lamp";
        }

        @Override
        public int queueCount() {
            return 1;
        }

        @Override
        public int maximumQueueSize() {
            return 64;
        }

        @Override
        public void activate(DeviceContext context) {}

        @Override
        public void queueNotified(int queue) {
            throw new DeviceFailureException("no bulb", new IllegalStateException());
        }

        @Override
        public void reset() {}
    }

    @ParameterizedTest
    @EnumSource(KickPath.class)
    void theDeviceNeedsAResetAndTheReasonIsTold(KickPath path) {
        DeviceBench bench = new DeviceBench(new FailingDevice(), FakeMmioDriver.VERSION_1);
        bench.kick(0, path);

        assertTrue(bench.needsReset());
        assertEquals(List.of("lamp: its code failed, the device needs a reset: no bulb"), bench.warnings);
    }
}
