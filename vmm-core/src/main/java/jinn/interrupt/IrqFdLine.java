package jinn.interrupt;

import jinn.hypervisor.Vm;
import jinn.posix.EventFd;
import jinn.posix.FileDescriptor;
import jinn.virtio.InterruptLine;

/**
 * A shared peripheral interrupt that an eventfd raises inside the driver (GZVM_IRQFD).
 *
 * <p>Each {@link #raise} makes it pending once, an edge: there is no level to lower again.
 */
public final class IrqFdLine implements InterruptLine, AutoCloseable {

    private final Vm vm;
    private final int spi;
    private final EventFd eventFd;

    private IrqFdLine(Vm vm, int spi, EventFd eventFd) {
        this.vm = vm;
        this.spi = spi;
        this.eventFd = eventFd;
    }

    /**
     * Binds an interrupt.
     *
     * @param spi its index, INTID - 32
     */
    public static IrqFdLine bind(Vm vm, int spi) {
        EventFd eventFd = EventFd.create("SPI " + spi);
        try {
            vm.assignInterrupt(spi, eventFd);
            return new IrqFdLine(vm, spi, eventFd);
        } catch (RuntimeException e) {
            eventFd.close();
            throw e;
        }
    }

    @Override
    public void raise() {
        eventFd.signal();
    }

    /** Returns the eventfd, for another process to raise the interrupt; it stays this object's. */
    public FileDescriptor descriptor() {
        return eventFd.descriptor();
    }

    /** Releases the interrupt. Nobody may be raising it any more. */
    @Override
    public void close() {
        try (eventFd) {
            vm.deassignInterrupt(spi, eventFd);
        }
    }
}
