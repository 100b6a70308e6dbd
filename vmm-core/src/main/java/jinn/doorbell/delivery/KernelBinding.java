package jinn.doorbell.delivery;

import java.util.List;
import java.util.Optional;
import jinn.event.EventLoop;
import jinn.event.Registration;
import jinn.hypervisor.DoorbellKey;
import jinn.hypervisor.Vm;
import jinn.posix.EventFd;

/**
 * An eventfd that the driver signals for a key, and the doorbells that it rings: one, or all at a shared address.
 *
 * <p>Made in the order eventfd, loop, driver and undone in the reverse order, so the driver never signals an eventfd that
 * nobody reads.
 */
final class KernelBinding implements AutoCloseable {

    private final Vm vm;
    private final EventLoop loop;
    private final DoorbellKey key;
    private final EventFd eventFd;
    /** Nothing when another process reads the eventfd. */
    private final Optional<Registration> registration;

    /** Replaced, never changed: the loop's thread walks it while another adds. */
    private volatile List<Doorbell> doorbells;

    private KernelBinding(
            Vm vm, EventLoop loop, DoorbellKey key, List<Doorbell> doorbells, EventFd eventFd, boolean readHere) {
        this.vm = vm;
        this.loop = loop;
        this.key = key;
        this.doorbells = List.copyOf(doorbells);
        this.eventFd = eventFd;
        this.registration =
                readHere ? Optional.of(loop.register(eventFd.descriptor(), this::deliver)) : Optional.empty();
    }

    /** Delivers what the driver has signalled until now, to doorbells of this loop whole, to others on their way. */
    void flush() {
        loop.executeAndWait(this::deliver);
    }

    /** Binds {@code key}; throws as {@link Vm#assignDoorbell} and then leaves nothing behind. */
    static KernelBinding bind(Vm vm, EventLoop loop, DoorbellKey key, List<Doorbell> doorbells) {
        EventFd eventFd = EventFd.create("doorbell " + key);
        try {
            KernelBinding binding = new KernelBinding(vm, loop, key, doorbells, eventFd, true);
            try {
                vm.assignDoorbell(key, eventFd);
                return binding;
            } catch (RuntimeException e) {
                binding.registration.ifPresent(Registration::close);
                throw e;
            }
        } catch (RuntimeException e) {
            eventFd.close();
            throw e;
        }
    }

    /** Binds the key of a doorbell whose eventfd another process reads; fails as {@link #bind} does. */
    static KernelBinding bindForReader(Vm vm, Doorbell doorbell, EventFd reader) {
        EventFd own = reader.duplicate();
        try {
            vm.assignDoorbell(doorbell.key(), own);
            return new KernelBinding(vm, doorbell.loop(), doorbell.key(), List.of(doorbell), own, false);
        } catch (RuntimeException e) {
            own.close();
            throw e;
        }
    }

    DoorbellKey key() {
        return key;
    }

    List<Doorbell> doorbells() {
        return doorbells;
    }

    void setDoorbells(List<Doorbell> changed) {
        doorbells = List.copyOf(changed);
    }

    /** Delivers what the driver has signalled so far. Called on the loop's thread. */
    void deliver() {
        long count = registration.isPresent() ? eventFd.drain() : 0;
        if (count == 0) {
            return;
        }
        List<Doorbell> current = doorbells;
        for (int i = 0; i < current.size(); i++) {
            current.get(i).ringFromKernel(count);
        }
    }

    /** Ends the binding. What the driver signalled before is still delivered; afterwards there is silence. */
    @Override
    public void close() {
        try (eventFd) {
            try {
                vm.deassignDoorbell(key, eventFd);
                flush();
            } finally {
                registration.ifPresent(Registration::close);
            }
        }
    }
}
