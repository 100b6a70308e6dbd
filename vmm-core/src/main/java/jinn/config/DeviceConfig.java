package jinn.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** A virtio device. */
public sealed interface DeviceConfig {

    /**
     * A memory balloon.
     *
     * @param deflateOnOom whether the guest may take pages back before it kills processes for lack of memory
     */
    record Balloon(boolean deflateOnOom) implements DeviceConfig {}

    /**
     * virtio-blk, a disk in a raw file or on a block device.
     *
     * @param path the file, a multiple of 512 bytes
     * @param queues request queues, 1 to 8
     * @param direct whether to go past the host's page cache (O_DIRECT)
     * @param id what the guest reads as the serial number, up to 20 characters of ASCII; else the device's name
     */
    record Block(Path path, boolean readonly, int queues, boolean direct, Optional<String> id) implements DeviceConfig {

        /** Checks the number of queues and the ID. */
        public Block {
            Rules.refuse(Rules.block(queues, id));
        }

        /** Requests of different queues meet in the file only, and the kernel takes them from any thread. */
        @Override
        public int separableQueues() {
            return queues;
        }
    }

    /**
     * virtio-console (hvc0).
     *
     * @param ports further ports of the device, from 1 on, each with a name of its own
     */
    record Console(ConsoleTarget target, List<ConsolePort> ports) implements DeviceConfig {

        /** Takes a copy of the ports and checks that their names differ. */
        public Console {
            ports = List.copyOf(ports);
            Rules.refuse(Rules.consolePorts(ports));
        }

        /** Makes a console without further ports. */
        public Console(ConsoleTarget target) {
            this(target, List.of());
        }
    }

    /**
     * A further port of a console: exactly one of {@code socket} and {@code file} is there.
     *
     * @param name by which the guest finds it, 1 to 64 characters
     * @param socket where a program of the host reaches the guest, absolute
     * @param file what keeps the guest's output, absolute
     */
    record ConsolePort(String name, Optional<Path> socket, Optional<Path> file) {

        /** Checks the name and that there is one end. */
        public ConsolePort {
            Rules.refuse(Rules.consolePort(name, socket.isPresent(), file.isPresent()));
        }
    }

    /**
     * A directory of the host's, served by virtiofsd: exactly one of {@code path} and {@code socket} is there.
     *
     * @param tag the name by which the guest mounts it, 1 to 36 bytes of UTF-8
     * @param path the directory; Jinn starts a virtiofsd for it
     * @param socket where a virtiofsd listens that somebody else has started
     */
    record Fs(String tag, Optional<Path> path, Optional<Path> socket) implements DeviceConfig {

        /** Checks the tag and that there is one source. */
        public Fs {
            Rules.refuse(Rules.fs(tag, path.isPresent(), socket.isPresent()));
        }
    }

    /**
     * A device of somebody's own, made by a {@code jinn.extension.VirtioDeviceProvider}.
     *
     * @param jar where the provider is
     * @param provider its name
     * @param settings what it is told, texts by their keys
     */
    record Java(Path jar, String provider, Map<String, String> settings) implements DeviceConfig {

        /** Takes a copy of the settings. */
        public Java {
            settings = Map.copyOf(settings);
        }
    }

    /**
     * virtio-net.
     *
     * @param mac the guest's address; without it one that follows from the names of the VM and the device
     * @param mtu the longest packet in bytes that the guest is told; without it the driver's own choice
     * @param socket of a passt that runs already, absolute; without it Jinn starts one
     * @param forward what a passt of Jinn's own forwards
     * @param tap name of the host's interface, with {@link NetBackendKind#TAP} only
     * @param queues pairs of queues, more than 1 with {@link NetBackendKind#TAP} only
     */
    record Net(
            NetBackendKind backend,
            Optional<MacAddress> mac,
            OptionalInt mtu,
            Optional<Path> socket,
            PortForwards forward,
            Optional<String> tap,
            int queues)
            implements DeviceConfig {}

    /** virtio-rng, fed by the host's getrandom. */
    record Rng() implements DeviceConfig {}

    /**
     * virtio-vsock, bridged to Unix sockets.
     *
     * @param cid the guest's address
     * @param path where the host connects to, absolute; the guest connects to {@code PATH_PORT}
     */
    record Vsock(int cid, Path path) implements DeviceConfig {}

    /**
     * A device that a process serves by the vhost-user protocol.
     *
     * @param device what it is
     * @param socket where the process listens
     * @param queues how many queues the device has, 1 to 8 pairs with {@code net}
     */
    record VhostUser(VhostUserKind device, Path socket, int queues) implements DeviceConfig {

        /** Checks the number of queues. */
        public VhostUser {
            Rules.refuse(Rules.queues(queues));
        }
    }

    /**
     * Returns how many queues of the device may be served at the same time: those below this number share no state. 1 for
     * a device whose queues all have to be served by one thread.
     */
    default int separableQueues() {
        return 1;
    }

    /** Returns the name in messages and tables of the device at {@code index} in the VM's list. */
    default String name(int index) {
        return switch (this) {
            case Balloon ignored -> "balloon" + index;
            case Block ignored -> "block" + index;
            case Console ignored -> "console" + index;
            case Fs ignored -> "fs" + index;
            case Java ignored -> "java" + index;
            case Net ignored -> "net" + index;
            case Rng ignored -> "rng" + index;
            case Vsock ignored -> "vsock" + index;
            case VhostUser user -> user.device().key() + index;
        };
    }
}
