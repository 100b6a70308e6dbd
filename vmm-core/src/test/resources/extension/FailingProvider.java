package extension;

import java.io.IOException;
import jinn.extension.DoorbellHandler;
import jinn.extension.DoorbellHandlerProvider;
import jinn.extension.Settings;
import jinn.extension.VirtioDeviceProvider;
import jinn.virtio.DeviceContext;
import jinn.virtio.DeviceType;
import jinn.virtio.VirtioDevice;

/** Makes devices that fail in every method, or fails itself at the speed 7. */
public final class FailingProvider implements VirtioDeviceProvider {

    /** Makes handlers that count, and fail at the count 7. */
    public static final class OfHandlers implements DoorbellHandlerProvider {

        @Override
        public String name() {
            return "counting";
        }

        @Override
        public DoorbellHandler create(String doorbellName, Settings settings) {
            settings.allowOnly("file");
            return count -> {
                if (count == 7) {
                    throw new IllegalStateException("seven rings of " + doorbellName);
                }
                System.setProperty("extension.rings", doorbellName + " " + count);
            };
        }
    }

    @Override
    public String name() {
        return "failing";
    }

    @Override
    public VirtioDevice create(String deviceName, Settings settings) {
        settings.allowOnly("speed");
        if (settings.number("speed", 1, 1, 10) == 7) {
            throw new IllegalStateException("seven");
        }
        return new FailingDevice();
    }

    private static final class FailingDevice implements VirtioDevice, AutoCloseable {

        private static IllegalStateException failure() {
            return new IllegalStateException("broken\nas it is");
        }

        @Override
        public DeviceType type() {
            return new DeviceType(42);
        }

        @Override
        public String name() {
            return "somebody else's name";
        }

        @Override
        public int queueCount() {
            return 1;
        }

        @Override
        public int maximumQueueSize() {
            return 8;
        }

        @Override
        public long readConfig(int offset, int size) {
            throw failure();
        }

        @Override
        public void writeConfig(int offset, int size, long value) {
            throw failure();
        }

        @Override
        public void activate(DeviceContext context) {
            throw failure();
        }

        @Override
        public void queueNotified(int queue) {
            throw failure();
        }

        @Override
        public void reset() {
            throw failure();
        }

        @Override
        public void close() throws IOException {
            throw new IOException("still open");
        }
    }
}
