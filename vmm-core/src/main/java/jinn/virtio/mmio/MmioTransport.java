package jinn.virtio.mmio;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import jinn.bus.MmioDevice;
import jinn.error.DeviceFailureException;
import jinn.error.GuestFaultException;
import jinn.error.VmmException;
import jinn.memory.GuestMemory;
import jinn.virtio.DeviceStatus;
import jinn.virtio.InterruptLine;
import jinn.virtio.QueueExecutor;
import jinn.virtio.VirtioDevice;
import jinn.virtio.queue.QueueLayout;
import jinn.virtio.queue.QueueStatistics;

/**
 * The registers of one virtio-mmio device, version 2 (virtio 1.2 section 4.2).
 *
 * <p>A kick reaches the device through {@link #notifyQueue} on the thread of the queue's loop, whether the kernel signalled the
 * queue's doorbell or a vCPU thread wrote QueueNotify. A driver that breaks a rule stops the device: NEEDS_RESET is set,
 * the fault counted, and the driver told; only a reset brings the device back.
 *
 * <p>Threads: see the package.
 */
public final class MmioTransport implements MmioDevice, AutoCloseable {

    /** Bytes of guest-physical address space that a device takes: a page, which may be {@linkplain #showIn memory}. */
    public static final int SIZE_BYTES = 0x1000;

    /** Bytes of the registers, configuration space included. Behind them everything reads as 0. */
    public static final int REGISTERS_BYTES = Register.END;

    /** Offset of the register by which an interrupt's reasons are asked for. */
    public static final int INTERRUPT_STATUS_OFFSET = Register.INTERRUPT_STATUS;

    /** Offset of the register by which they are acknowledged. */
    public static final int INTERRUPT_ACK_OFFSET = Register.INTERRUPT_ACK;

    /** The value of an acknowledgement of used buffers alone. */
    public static final int USED_ACKNOWLEDGED = Register.INTERRUPT_USED;

    /** Offset of the register to which the driver writes a queue's number to kick it. */
    public static final int QUEUE_NOTIFY_OFFSET = Register.QUEUE_NOTIFY;

    private static final long WORD_MASK = 0xffff_ffffL;

    private final VirtioDevice device;
    private final GuestMemory memory;
    private final InterruptLine line;
    private final DeviceQueues queues;
    private final FaultLog faults;
    private final QueueService service;

    private final AtomicBits status = new AtomicBits();
    private final AtomicBits interruptStatus = new AtomicBits();
    private final AtomicInteger configGeneration = new AtomicInteger();

    /* Guards the register file below. No loop thread takes it: a vCPU thread may hold it and wait for a loop. */
    private final Object lock = new Object();
    private final QueueRegisters[] queueRegisters;
    private final FeatureRegisters features;
    private long queueSelect;
    private boolean started;

    /* Set before anybody can reach the device. */
    private volatile Optional<RegisterPage> page = Optional.empty();

    /** Makes a transport that tells nobody of the guest's faults; they are still counted. */
    public MmioTransport(VirtioDevice device, GuestMemory memory, InterruptLine line, QueueExecutor executor) {
        this(device, memory, line, executor, message -> {});
    }

    /**
     * Makes a transport whose queues all live on one loop, and whose driver has to accept VERSION_1 only.
     *
     * @param executor runs everything that touches the queues
     */
    public MmioTransport(
            VirtioDevice device,
            GuestMemory memory,
            InterruptLine line,
            QueueExecutor executor,
            Consumer<String> warnings) {
        this(device, memory, line, queue -> executor, warnings);
    }

    /** Makes a transport whose queues Jinn serves. */
    public MmioTransport(
            VirtioDevice device,
            GuestMemory memory,
            InterruptLine line,
            IntFunction<QueueExecutor> executors,
            Consumer<String> warnings) {
        this(device, memory, line, executors, warnings, QueueService.HERE);
    }

    /**
     * Makes a transport whose device is in reset.
     *
     * @param line raised when the driver is to look at InterruptStatus; an edge, not a level
     * @param executors tells the loop of each queue, by the queue's number; that of queue 0 starts and resets the device
     * @param warnings gets one line for the user when the guest breaks a rule, at a limited rate, on any thread
     * @param service who serves the queues
     */
    public MmioTransport(
            VirtioDevice device,
            GuestMemory memory,
            InterruptLine line,
            IntFunction<QueueExecutor> executors,
            Consumer<String> warnings,
            QueueService service) {
        this.device = device;
        this.service = service;
        this.memory = memory;
        this.line = line;
        this.faults = new FaultLog(device.name(), warnings, System::nanoTime);
        this.features = new FeatureRegisters(device.features() | service.offered(), service.required());
        int count = device.queueCount();
        queueRegisters = new QueueRegisters[count];
        for (int i = 0; i < count; i++) {
            queueRegisters[i] = new QueueRegisters();
        }
        queues = new DeviceQueues(device, memory, executors, new Driver());
    }

    /**
     * From now on shows in memory what the driver may read. InterruptStatus then says from DRIVER_OK on that a buffer was
     * used, for good, so that an acknowledgement of that alone need not arrive. To be called once, before the device can
     * be reached.
     *
     * @param memory zeroed, at least {@link #REGISTERS_BYTES}, at a multiple of 4; the guest may read it and not write to it
     * @param cleaner is given what has been stored there, before the driver is told of it or goes on
     */
    public void showIn(MemorySegment memory, Consumer<MemorySegment> cleaner) {
        RegisterPage shown = new RegisterPage(this, memory, cleaner);
        page = Optional.of(shown);
        shown.showRegisters();
        shown.showConfig();
    }

    @Override
    public long read(long offset, int size) {
        if (offset >= Register.END) {
            return 0;
        }
        if (offset >= Register.CONFIG) {
            return device.readConfig((int) (offset - Register.CONFIG), size);
        }
        if (size != Register.BYTES) {
            return 0;
        }
        return switch ((int) offset) {
            case Register.MAGIC_VALUE -> Register.MAGIC;
            case Register.VERSION -> Register.MODERN;
            case Register.DEVICE_ID -> device.type().id();
            case Register.VENDOR_ID -> Register.VENDOR;
            case Register.INTERRUPT_STATUS -> interruptStatus.get() | usedForGood();
            case Register.STATUS -> status.get();
            case Register.CONFIG_GENERATION -> configGeneration.get() & WORD_MASK;
            case Register.SHM_LEN_LOW, Register.SHM_LEN_HIGH, Register.SHM_BASE_LOW, Register.SHM_BASE_HIGH ->
                Register.NO_SHARED_MEMORY;
            case Register.DEVICE_FEATURES, Register.QUEUE_NUM_MAX, Register.QUEUE_READY -> readSelected((int) offset);
            default -> 0;
        };
    }

    /*
     * Nobody here knows when another process raises the interrupt, or when the driver acknowledges one without an exit. It
     * is an edge: looking in vain costs nothing else.
     */
    private int usedForGood() {
        boolean unknown = service.elsewhere() || page.isPresent();
        return unknown && DeviceStatus.DRIVER_OK.isSet(status.get()) ? Register.INTERRUPT_USED : 0;
    }

    private long readSelected(int register) {
        synchronized (lock) {
            if (register == Register.DEVICE_FEATURES) {
                return features.readDevice();
            }
            if (queueSelect >= queueRegisters.length) {
                return 0;
            }
            return register == Register.QUEUE_NUM_MAX
                    ? device.maximumQueueSize()
                    : queueRegisters[(int) queueSelect].isReady() ? 1 : 0;
        }
    }

    @Override
    public void write(long offset, int size, long value) {
        if (offset >= Register.END) {
            return;
        }
        if (offset >= Register.CONFIG) {
            device.writeConfig((int) (offset - Register.CONFIG), size, value);
            page.ifPresent(RegisterPage::showConfig);
        } else if (size == Register.BYTES) {
            writeRegister((int) offset, value);
        }
    }

    private void writeRegister(int register, long value) {
        switch (register) {
            case Register.QUEUE_NOTIFY -> postKick(value);
            case Register.INTERRUPT_ACK -> {
                interruptStatus.clear((int) value);
                page.ifPresent(RegisterPage::showSharedRegisters);
            }
            default -> {
                synchronized (lock) {
                    writeGuarded(register, value);
                    page.ifPresent(RegisterPage::showRegisters);
                }
            }
        }
        if (register == Register.STATUS) {
            /* Nobody is told of changes before the device is activated. */
            page.ifPresent(RegisterPage::showConfig);
        }
    }

    private void writeGuarded(int register, long value) {
        switch (register) {
            case Register.DEVICE_FEATURES_SEL -> features.selectDevice(value);
            case Register.DRIVER_FEATURES_SEL -> features.selectDriver(value);
            case Register.DRIVER_FEATURES -> writeDriverFeatures(value);
            case Register.QUEUE_SEL -> queueSelect = value;
            case Register.STATUS -> writeStatus((int) value);
            default -> writeQueue(register, value);
        }
    }

    /* Features are fixed once FEATURES_OK is set (section 3.1.1). */
    private void writeDriverFeatures(long value) {
        if (!DeviceStatus.FEATURES_OK.isSet(status.get())) {
            features.writeDriver(value);
        }
    }

    private void writeQueue(int register, long value) {
        int now = status.get();
        if (queueSelect >= queueRegisters.length || !DeviceStatus.FEATURES_OK.isSet(now)) {
            return;
        }
        QueueRegisters selected = queueRegisters[(int) queueSelect];
        if (register == Register.QUEUE_READY) {
            writeQueueReady(selected, value, DeviceStatus.DRIVER_OK.isSet(now));
        } else if (!selected.isReady()) {
            selected.write(register, value);
        }
    }

    private void writeQueueReady(QueueRegisters selected, long value, boolean driverOk) {
        if (value == 0) {
            if (started && selected.isReady()) {
                queues.disable((int) queueSelect);
            }
            selected.setReady(false);
            return;
        }
        /* A queue that becomes ready after DRIVER_OK was never announced to the device (section 3.1.1). */
        if (value != 1 || driverOk || selected.isReady()) {
            return;
        }
        try {
            selected.layout().check(memory, device.maximumQueueSize());
            selected.setReady(true);
        } catch (GuestFaultException fault) {
            markBroken(new GuestFaultException("queue " + queueSelect + ": " + fault.getMessage(), fault));
        }
    }

    private void writeStatus(int value) {
        if (value == 0) {
            reset();
            return;
        }
        for (DeviceStatus step : DeviceStatus.DRIVER_STEPS) {
            if (step.isSet(value) && !step.isSet(status.get()) && !advance(step)) {
                return;
            }
        }
    }

    private boolean advance(DeviceStatus step) {
        if (!step.maySetIn(status.get()) || (step == DeviceStatus.FEATURES_OK && !features.areAcceptable())) {
            return false;
        }
        status.set(step.bit());
        if (step == DeviceStatus.DRIVER_OK) {
            /* Before the first interrupt, which may come at once. */
            page.ifPresent(RegisterPage::showSharedRegisters);
            start();
        }
        return true;
    }

    private void start() {
        QueueLayout[] layouts = new QueueLayout[queueRegisters.length];
        for (int i = 0; i < layouts.length; i++) {
            layouts[i] = queueRegisters[i].isReady() ? queueRegisters[i].layout() : null;
        }
        started = true;
        queues.start(layouts, features.accepted());
    }

    private void reset() {
        stop();
        for (QueueRegisters registers : queueRegisters) {
            registers.reset();
        }
        features.reset();
        queueSelect = 0;
        interruptStatus.clearAll();
        status.clearAll();
    }

    private void stop() {
        if (started) {
            queues.stop();
            started = false;
        }
    }

    /** Stops the device and waits until it no longer touches guest memory. Any thread; again is harmless. */
    @Override
    public void close() {
        synchronized (lock) {
            stop();
        }
    }

    /** Returns how many times the guest broke a rule. */
    public long faultCount() {
        return faults.count();
    }

    /**
     * Stops serving queues and returns when none is being served. Kicks that come from now on are not lost: {@link
     * #resume} looks at every queue. To be called while no vCPU runs, and not by a loop.
     */
    public void pause() {
        queues.pause();
    }

    /** Ends {@link #pause}. */
    public void resume() {
        queues.resume();
    }

    /** Returns what has happened on each queue so far. Any thread. */
    public List<QueueStatistics> statistics() {
        return queues.statistics();
    }

    /**
     * Lets the device look at a queue. Thread of the queue's loop only. A queue the device does not have or that is not
     * ready, as all are while the device does not run, is ignored: a doorbell can still ring while the driver resets the
     * device.
     */
    public void notifyQueue(int index) {
        queues.notifyQueue(index);
    }

    private void postKick(long queue) {
        if (queue >= queueRegisters.length) {
            faults.report("guest kicked queue " + queue + ", the device has " + queueRegisters.length);
            return;
        }
        queues.kick((int) queue);
    }

    /* Section 2.1.2: the driver is told by a configuration change, but only once it has set DRIVER_OK. */
    private void markBroken(VmmException fault) {
        int before = status.set(DeviceStatus.NEEDS_RESET.bit());
        page.ifPresent(RegisterPage::showSharedRegisters);
        if (DeviceStatus.DRIVER_OK.isSet(before)) {
            interrupt(Register.INTERRUPT_CONFIG);
        }
        faults.report((fault instanceof DeviceFailureException ? "its code failed" : "guest broke a rule")
                + ", the device needs a reset: " + fault.getMessage());
    }

    private void interrupt(int bit) {
        if ((interruptStatus.set(bit) & bit) == 0) {
            page.ifPresent(RegisterPage::showSharedRegisters);
        }
        line.raise();
    }

    private void nextConfigGeneration() {
        configGeneration.incrementAndGet();
        page.ifPresent(RegisterPage::showSharedRegisters);
    }

    /** What the queues' side tells the driver, by the registers that this side has. */
    private final class Driver implements DeviceQueues.Driver {

        @Override
        public void interruptUsed() {
            interrupt(Register.INTERRUPT_USED);
        }

        /* Another generation before and after, or a driver that reads meanwhile would take two halves for one. */
        @Override
        public void configChanged() {
            if (page.isPresent()) {
                nextConfigGeneration();
                page.get().showConfig();
            }
            nextConfigGeneration();
            interrupt(Register.INTERRUPT_CONFIG);
        }

        @Override
        public void activated() {
            if (page.isPresent() && page.get().showConfig()) {
                nextConfigGeneration();
                interrupt(Register.INTERRUPT_CONFIG);
            }
        }

        @Override
        public void broken(VmmException fault) {
            markBroken(fault);
        }
    }
}
