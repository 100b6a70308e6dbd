package jinn.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jinn.doorbell.DoorbellStatus;
import jinn.doorbell.delivery.Doorbell;
import jinn.virtio.VirtioDevice;
import jinn.virtio.mmio.MmioTransport;
import jinn.virtio.net.NetDevice;
import jinn.virtio.net.NetStatistics;
import jinn.virtio.queue.QueueStatistics;
import jinn.virtio.vsock.VsockDevice;
import jinn.virtio.vsock.VsockStatistics;

/**
 * A virtio device that the guest can reach.
 *
 * @param device what is behind the transport
 * @param onBus where accesses arrive that leave a vCPU
 * @param doorbells those of its queues, by the queues' numbers
 */
record AttachedDevice(
        VirtioDevice device,
        MmioTransport transport,
        KickedTransport onBus,
        AttachedRegisters attachedRegisters,
        List<Doorbell> doorbells) {

    AttachedDevice {
        doorbells = List.copyOf(doorbells);
    }

    /** Returns what has happened on each queue so far. Any thread. */
    List<QueueStatus> queues() {
        List<QueueStatistics> statistics = transport.statistics();
        List<QueueStatus> queues = new ArrayList<>();
        for (int i = 0; i < statistics.size(); i++) {
            queues.add(status(doorbells.get(i).status(), statistics.get(i)));
        }
        return queues;
    }

    /** Returns what has passed through each data queue so far; nothing for what is no network device. Any thread. */
    List<NetworkStatus> networks() {
        List<NetworkStatus> networks = new ArrayList<>();
        if (device instanceof NetDevice net) {
            for (NetStatistics pair : net.statistics()) {
                networks.add(status(networks.size(), pair.received()));
                networks.add(status(networks.size(), pair.sent()));
            }
        }
        return networks;
    }

    private NetworkStatus status(int queue, NetStatistics.Direction direction) {
        return new NetworkStatus(
                device.name() + "/" + queue, direction.frames(), direction.bytes(), direction.dropped());
    }

    /** Returns what the device has done so far if it is a socket device. Any thread. */
    Optional<SocketStatus> sockets() {
        return device instanceof VsockDevice vsock ? Optional.of(status(vsock.statistics())) : Optional.empty();
    }

    private SocketStatus status(VsockStatistics counts) {
        return new SocketStatus(
                device.name(),
                counts.connections(),
                counts.opened(),
                counts.refused(),
                counts.bytesToGuest(),
                counts.bytesToHost(),
                counts.dropped());
    }

    /** Returns what its interrupts have cost the driver so far. Any thread. */
    RegisterStatus registers() {
        return attachedRegisters.status(device.name(), onBus);
    }

    private static QueueStatus status(DoorbellStatus doorbell, QueueStatistics queue) {
        return new QueueStatus(
                doorbell.name(),
                doorbell.kernelRings(),
                doorbell.userspaceRings(),
                queue.batches(),
                queue.requests(),
                queue.interrupts(),
                queue.suppressedInterrupts(),
                queue.errors());
    }
}
