package jinn.examples;

import java.nio.charset.StandardCharsets;
import jinn.extension.Settings;
import jinn.extension.VirtioDeviceProvider;
import jinn.virtio.DeviceContext;
import jinn.virtio.DeviceType;
import jinn.virtio.VirtioDevice;
import jinn.virtio.queue.ChainHandler;
import jinn.virtio.queue.DescriptorChain;
import jinn.virtio.queue.VirtQueue;

/**
 * An entropy device that is not random at all: whoever reads {@code /dev/hwrng} in the guest gets the setting {@code
 * pattern} again and again. Good for tests that must see the same thing twice.
 */
final class PatternDevice implements VirtioDevice {

    /** What the jar's {@code META-INF/services/jinn.extension.VirtioDeviceProvider} names. */
    public static final class Provider implements VirtioDeviceProvider {

        @Override
        public String name() {
            return "pattern";
        }

        @Override
        public VirtioDevice create(String deviceName, Settings settings) {
            settings.allowOnly("pattern");
            return new PatternDevice(deviceName, settings.requireText("pattern"));
        }
    }

    private final String name;
    private final byte[] pattern;
    private final ChainHandler handler = this::fill;

    /* Set while the driver uses the device. */
    private DeviceContext context;
    private DescriptorChain chain;

    private PatternDevice(String name, String pattern) {
        if (pattern.isEmpty()) {
            throw new IllegalArgumentException("setting 'pattern' is empty");
        }
        this.name = name;
        this.pattern = pattern.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public DeviceType type() {
        return DeviceType.ENTROPY;
    }

    @Override
    public String name() {
        return name;
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
    public void activate(DeviceContext newContext) {
        context = newContext;
        chain = newContext.queue(0).newChain();
    }

    @Override
    public void queueNotified(int index) {
        VirtQueue queue = context.queue(index);
        boolean more = queue.serve(chain, handler);
        context.complete(queue);
        if (more) {
            context.notifyLater(index);
        }
    }

    /* The driver chooses the size of its buffers: work for one request must have a bound. */
    private void fill(DescriptorChain request) {
        for (int i = 0; i < 64 && request.writableLeft() > 0; i++) {
            request.write(pattern, 0, pattern.length);
        }
    }

    @Override
    public void reset() {
        context = null;
        chain = null;
    }
}
