package jinn.vm;

import java.util.function.Consumer;
import jinn.doorbell.delivery.WarningLimiter;
import jinn.error.DeviceFailureException;
import jinn.error.GuestFaultException;
import jinn.virtio.DeviceContext;
import jinn.virtio.DeviceType;
import jinn.virtio.VirtioDevice;

/**
 * Somebody's own device, held so that what it throws costs the guest this device and nothing else.
 *
 * <p>What the driver may ask at any time is asked once when the device is made, so that the device cannot change it.
 */
final class GuardedDevice implements VirtioDevice {

    private final VirtioDevice device;
    private final String name;
    private final Consumer<String> warnings;
    private final WarningLimiter configWarnings;
    private final DeviceType type;
    private final int queueCount;
    private final int maximumQueueSize;
    private final long features;

    /**
     * Asks a device what it is.
     *
     * @param warnings gets one line for the user where a failure cannot be thrown on, on any thread
     */
    GuardedDevice(VirtioDevice device, String name, Consumer<String> warnings) {
        this.device = device;
        this.name = name;
        this.warnings = warnings;
        this.configWarnings = new WarningLimiter(warnings);
        this.type = device.type();
        this.queueCount = device.queueCount();
        this.maximumQueueSize = device.maximumQueueSize();
        this.features = device.features();
    }

    @Override
    public DeviceType type() {
        return type;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int queueCount() {
        return queueCount;
    }

    @Override
    public int maximumQueueSize() {
        return maximumQueueSize;
    }

    @Override
    public long features() {
        return features;
    }

    @Override
    public long readConfig(int offset, int size) {
        try {
            return device.readConfig(offset, size);
        } catch (RuntimeException | LinkageError e) {
            // Jinn reads all of it, word by word.
            configWarnings.warn(() -> described("its configuration could not be read", e));
            return 0;
        }
    }

    @Override
    public void writeConfig(int offset, int size, long value) {
        try {
            device.writeConfig(offset, size, value);
        } catch (RuntimeException | LinkageError e) {
            warn("its configuration could not be written", e);
        }
    }

    @Override
    public void activate(DeviceContext context) {
        try {
            device.activate(context);
        } catch (GuestFaultException e) {
            throw e;
        } catch (RuntimeException | LinkageError e) {
            throw new DeviceFailureException(Failures.inOneLine(e), e);
        }
    }

    @Override
    public void queueNotified(int queue) {
        try {
            device.queueNotified(queue);
        } catch (GuestFaultException e) {
            throw e;
        } catch (RuntimeException | LinkageError e) {
            throw new DeviceFailureException(Failures.inOneLine(e), e);
        }
    }

    @Override
    public void reset() {
        try {
            device.reset();
        } catch (RuntimeException | LinkageError e) {
            warn("it could not be reset", e);
        }
    }

    @Override
    public void pause() {
        try {
            device.pause();
        } catch (RuntimeException | LinkageError e) {
            warn("it could not be paused", e);
        }
    }

    @Override
    public void resume() {
        try {
            device.resume();
        } catch (RuntimeException | LinkageError e) {
            warn("it could not be resumed", e);
        }
    }

    private void warn(String what, Throwable failure) {
        warnings.accept(described(what, failure));
    }

    private String described(String what, Throwable failure) {
        return name + ": " + what + ": " + Failures.inOneLine(failure);
    }
}
