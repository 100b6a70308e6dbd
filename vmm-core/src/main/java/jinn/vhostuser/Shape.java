package jinn.vhostuser;

import java.util.Optional;
import jinn.virtio.DeviceType;

/**
 * What a device is to the driver.
 *
 * @param type its kind
 * @param queues how many queues it has, if the back-end can serve that many
 * @param configBytes size of its configuration space; a back-end of QEMU does not answer who asks for more
 * @param config its configuration space, where that is Jinn's to know; otherwise the back-end is asked
 */
public record Shape(DeviceType type, int queues, int configBytes, Optional<byte[]> config) {}
