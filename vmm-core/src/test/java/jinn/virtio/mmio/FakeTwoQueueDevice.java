package jinn.virtio.mmio;

import jinn.virtio.DeviceType;
import jinn.virtio.VirtioDevice;

/** What the transport's tests take as given of a device: two queues. What it does is the test's. */
abstract class FakeTwoQueueDevice implements VirtioDevice {

    @Override
    public DeviceType type() {
        return DeviceType.CONSOLE;
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public int queueCount() {
        return 2;
    }

    @Override
    public int maximumQueueSize() {
        return 16;
    }
}
