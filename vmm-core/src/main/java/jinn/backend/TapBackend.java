package jinn.backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import jinn.error.HostException;
import jinn.error.SyscallException;
import jinn.event.EventLoop;
import jinn.posix.Errno;
import jinn.posix.Tap;
import jinn.virtio.net.FramePort;
import jinn.virtio.net.NetBackend;
import jinn.virtio.net.NetFeature;
import jinn.virtio.net.NetHeader;

/** A tap interface that exists, with one queue for each pair of the device's. */
public final class TapBackend implements NetBackend, AutoCloseable {

    private static final Path INTERFACES = Path.of("/proc/net/dev");
    private static final int ALL_OFFLOADS = Tap.OFFLOAD_CHECKSUM | Tap.OFFLOAD_TSO4 | Tap.OFFLOAD_TSO6;

    private final String name;
    private final Consumer<String> warnings;
    private final List<TapPort> ports = new ArrayList<>();
    private final boolean offloading;
    private volatile boolean linkUp = true;

    /* Loop thread. */
    private Listener listener;
    private boolean warnedOfLoss;

    private TapBackend(String name, List<Tap> taps, EventLoop loop, Consumer<String> warnings) {
        this.name = name;
        this.warnings = warnings;
        this.offloading = canOffload(taps.getFirst());
        for (Tap tap : taps) {
            ports.add(new TapPort(this, ports.size(), tap, loop));
        }
    }

    /**
     * Attaches to an interface.
     *
     * @param name of the interface
     * @param pairs how many queues it is to have
     * @param loop the one of the device's queues
     * @param warnings gets one line for the user when frames are lost for a reason outside the guest
     * @throws HostException if that is not possible, with the command that mends it
     */
    public static TapBackend open(String name, int pairs, EventLoop loop, Consumer<String> warnings) {
        if (!exists(name)) {
            throw new HostException("cannot find the interface " + name + ": " + howToMake(name, pairs));
        }
        List<Tap> taps = new ArrayList<>();
        try {
            while (taps.size() < pairs) {
                taps.add(Tap.open(name, pairs > 1, NetHeader.BYTES));
            }
            return new TapBackend(name, taps, loop, warnings);
        } catch (SyscallException e) {
            taps.forEach(tap -> tap.descriptor().close());
            throw new HostException(e.getMessage() + remedy(name, pairs, e.errno()), e);
        }
    }

    private static boolean exists(String name) {
        try {
            return Files.readAllLines(INTERFACES).stream()
                    .anyMatch(line -> line.strip().startsWith(name + ":"));
        } catch (IOException e) {
            throw new HostException("cannot read " + INTERFACES + ": " + e.getMessage(), e);
        }
    }

    private static String remedy(String name, int pairs, int errno) {
        if (errno == Errno.ENOENT.number() || errno == Errno.ENODEV.number() || errno == Errno.ENXIO.number()) {
            return "; the kernel's tun driver is missing: load it with 'modprobe tun'";
        }
        if (errno == Errno.EACCES.number()) {
            return "; allow it with 'chmod 666 /dev/net/tun', as most distributions do";
        }
        if (errno == Errno.EPERM.number()) {
            return "; it belongs to another user: 'ip tuntap del " + name + " mode tap', then "
                    + howToMake(name, pairs);
        }
        if (errno == Errno.EBUSY.number()) {
            return "; another program uses it";
        }
        if (errno == Errno.EINVAL.number()) {
            return "; it is no tap interface" + (pairs > 1 ? " of several queues" : " of one queue") + ": "
                    + howToMake(name, pairs);
        }
        return "";
    }

    private static String howToMake(String name, int pairs) {
        return "make it with 'ip tuntap add " + name + " mode tap" + (pairs > 1 ? " multi_queue" : "") + " user "
                + System.getProperty("user.name") + "' and 'ip link set " + name + " up'";
    }

    private static boolean canOffload(Tap tap) {
        try {
            tap.setOffloads(ALL_OFFLOADS);
            return true;
        } catch (SyscallException e) {
            if (e.errno() == Errno.EINVAL.number()) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public long offloads() {
        return offloading ? NetFeature.OFFLOADS : 0;
    }

    @Override
    public int pairs() {
        return ports.size();
    }

    @Override
    public boolean isLinkUp() {
        return linkUp;
    }

    @Override
    public void start(long features, Listener newListener) {
        listener = newListener;
        int offloads = offloads(features);
        for (TapPort port : ports) {
            port.setOffloads(offloads);
        }
    }

    /** The kernel wants the checksum's bit with each of the others, as virtio does. */
    private static int offloads(long features) {
        if ((features & NetFeature.GUEST_CSUM) == 0) {
            return 0;
        }
        return Tap.OFFLOAD_CHECKSUM
                | ((features & NetFeature.GUEST_TSO4) != 0 ? Tap.OFFLOAD_TSO4 : 0)
                | ((features & NetFeature.GUEST_TSO6) != 0 ? Tap.OFFLOAD_TSO6 : 0);
    }

    @Override
    public void stop() {
        ports.forEach(TapPort::stop);
    }

    @Override
    public void usePairs(int count) {
        for (int pair = 0; pair < ports.size(); pair++) {
            if (ports.size() > 1 && linkUp) {
                ports.get(pair).setAttached(pair < count);
            }
            if (pair < count && linkUp) {
                ports.get(pair).start();
            } else {
                ports.get(pair).stop();
            }
        }
    }

    @Override
    public FramePort port(int pair) {
        return ports.get(pair);
    }

    Listener listener() {
        return listener;
    }

    /** The interface is no more. */
    void lose(String reason) {
        if (linkUp) {
            linkUp = false;
            warnings.accept("the interface " + name + " has gone (" + reason + "); the guest's link is down");
            stop();
            listener.linkChanged();
        }
    }

    /** A frame was not taken. The user is told once: it goes on for as long as the reason lasts. */
    void warnOfLoss(int errno) {
        if (!warnedOfLoss && errno == Errno.EIO.number()) {
            warnedOfLoss = true;
            warnings.accept("the interface " + name + " is down and takes no frames; 'ip link set " + name + " up'");
        }
    }

    /** Gives the interface back. The device must be inactive. */
    @Override
    public void close() {
        ports.forEach(TapPort::close);
    }
}
