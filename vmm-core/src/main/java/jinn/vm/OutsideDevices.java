package jinn.vm;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import jinn.config.DeviceConfig;
import jinn.config.VhostUserKind;
import jinn.error.HostException;
import jinn.error.SyscallException;
import jinn.posix.FileDescriptor;
import jinn.posix.StreamSocket;
import jinn.vhostuser.Connector;
import jinn.vhostuser.Shape;
import jinn.vhostuser.SharedMemory;
import jinn.vhostuser.VhostUserDevice;
import jinn.vhostuser.Virtiofsd;
import jinn.virtio.DeviceType;

/**
 * Makes the devices that other processes serve.
 *
 * @param memory all that they reach
 * @param resources learns how to release what is behind each device
 */
record OutsideDevices(SharedMemory memory, EventLoops loops, UndoStack resources) {

    private static final DeviceType FILE_SYSTEM = new DeviceType(26);

    /** One for requests that overtake, one for all others (virtio 1.2 section 5.11.2). */
    private static final int FILE_SYSTEM_QUEUES = 2;

    private static final int TAG_BYTES = 36;

    VhostUserDevice fs(DeviceConfig.Fs fs, String name, FileDescriptor interrupt) {
        Connector connector = fs.path()
                .<Connector>map(path -> {
                    Virtiofsd program = Virtiofsd.of(path);
                    resources.push(program::close);
                    return program;
                })
                .orElseGet(() -> () -> connect(fs.socket().orElseThrow().toString()));
        Shape shape = new Shape(
                FILE_SYSTEM, FILE_SYSTEM_QUEUES, TAG_BYTES + Integer.BYTES, Optional.of(configuration(fs.tag())));
        return device(name, shape, connector, interrupt);
    }

    /** The tag, padded with zeroes, and the number of request queues (virtio 1.2 section 5.11.4). */
    private static byte[] configuration(String tag) {
        return ByteBuffer.allocate(TAG_BYTES + Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(tag.getBytes(StandardCharsets.UTF_8))
                .putInt(TAG_BYTES, FILE_SYSTEM_QUEUES - 1)
                .array();
    }

    VhostUserDevice backend(DeviceConfig.VhostUser user, String name, FileDescriptor interrupt) {
        VhostUserKind kind = user.device();
        Shape shape = new Shape(
                new DeviceType(kind.id()), kind.virtqueues(user.queues()), kind.configBytes(), Optional.empty());
        return device(name, shape, () -> connect(user.socket().toString()), interrupt);
    }

    private VhostUserDevice device(String name, Shape shape, Connector connector, FileDescriptor interrupt) {
        VhostUserDevice device = new VhostUserDevice(name, shape, connector, memory, interrupt, loops.of(name));
        resources.push(device::close);
        return device;
    }

    private static FileDescriptor connect(String socket) {
        try {
            return StreamSocket.connect(socket);
        } catch (SyscallException e) {
            throw new HostException(e.getMessage() + "; start the back-end first", e);
        }
    }
}
