package jinn.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import jinn.boot.GuestLayout;
import jinn.bus.MmioBus;
import jinn.doorbell.delivery.Doorbell;
import jinn.doorbell.delivery.DoorbellRegistrar;
import jinn.doorbell.delivery.DoorbellRequest;
import jinn.hypervisor.DoorbellKey;
import jinn.hypervisor.Vm;
import jinn.interrupt.IrqFdLine;
import jinn.memory.GuestMemory;
import jinn.posix.FileDescriptor;
import jinn.vhostuser.VhostUserDevice;
import jinn.virtio.VirtioDevice;
import jinn.virtio.mmio.MmioTransport;
import jinn.virtio.mmio.QueueService;

/**
 * Connects virtio devices with a VM: address, interrupt, doorbells, bus and loops.
 *
 * @param memory all that the devices reach
 * @param pages what drivers read instead of registers
 * @param requiredFeatures what their drivers have to accept beside VERSION_1
 * @param resources learns how to take each connection back
 * @param warnings gets one line for the user when the guest breaks a rule, on any thread
 */
record DeviceWiring(
        Vm vm,
        GuestMemory memory,
        RegisterPages pages,
        long requiredFeatures,
        EventLoops loops,
        DoorbellRegistrar registrar,
        MmioBus bus,
        UndoStack resources,
        Consumer<String> warnings) {

    /** Makes a device that raises its interrupt by an eventfd, or that lets the transport do so. */
    @FunctionalInterface
    interface Maker {
        VirtioDevice make(FileDescriptor interrupt);
    }

    /**
     * Connects a device.
     *
     * @param index which of the places for virtio devices it gets, each for one device
     * @param maker makes it, when its interrupt is there
     */
    AttachedDevice attach(int index, Maker maker) {
        long base = GuestLayout.virtioAddress(index);
        IrqFdLine line = IrqFdLine.bind(vm, GuestLayout.virtioSpi(index));
        resources.push(line::close);
        VirtioDevice device = maker.make(line.descriptor());
        QueueService service = device instanceof VhostUserDevice outside
                ? QueueService.elsewhere(outside.queueFeatures())
                : QueueService.HERE;
        MmioTransport transport = new MmioTransport(
                device,
                memory,
                line,
                queue -> loops.of(device.name(), queue),
                warnings,
                service.requiring(requiredFeatures));
        resources.push(transport::close);
        List<Doorbell> doorbells = new ArrayList<>();
        for (int queue = 0; queue < device.queueCount(); queue++) {
            doorbells.add(
                    registrar.register(queueRequest(device, transport, base, queue), loops.of(device.name(), queue)));
        }
        KickedTransport onBus = new KickedTransport(transport, doorbells);
        bus.add(device.name(), base, MmioTransport.SIZE_BYTES, onBus);
        AttachedRegisters registers = AttachedRegisters.attach(vm, pages, index, base, transport, resources);
        return new AttachedDevice(device, transport, onBus, registers, doorbells);
    }

    private static DoorbellRequest queueRequest(VirtioDevice device, MmioTransport transport, long base, int queue) {
        return new DoorbellRequest(
                device.name() + "/" + queue,
                new DoorbellKey(base + MmioTransport.QUEUE_NOTIFY_OFFSET, Integer.BYTES, OptionalLong.of(queue)),
                DoorbellRequest.Fallback.SHARED,
                (rung, count) -> transport.notifyQueue(queue),
                device instanceof VhostUserDevice outside ? Optional.of(outside.kick(queue)) : Optional.empty());
    }
}
