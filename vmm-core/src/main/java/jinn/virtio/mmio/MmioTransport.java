package jinn.virtio.mmio;

import java.util.List;
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

    /** Bytes of guest-physical address space that the registers take, configuration space included. */
    public static final int SIZE_BYTES = 0x200;

    /** Offset of the register to which the driver writes a queue's number to kick it. */
    public static final int QUEUE_NOTIFY_OFFSET = Register.QUEUE_NOTIFY;

    private static final int FEATURE_WORDS = 2;
    private static final long WORD_MASK = 0xffff_ffffL;

    private final VirtioDevice device;
    private final GuestMemory memory;
    private final InterruptLine line;
    private final DeviceQueues queues;
    private final FaultLog faults;
    private final QueueService service;
    private final long offeredFeatures;

    private final AtomicBits status = new AtomicBits();
    private final AtomicBits interruptStatus = new AtomicBits();
    private final AtomicInteger configGeneration = new AtomicInteger();

    /* Guards the register file below. No loop thread takes it: a vCPU thread may hold it and wait for a loop. */
    private final Object lock = new Object();
    private final QueueRegisters[] queueRegisters;
    private long deviceFeaturesSelect;
    private long driverFeaturesSelect;
    private long driverFeatures;
    private long queueSelect;
    private boolean started;

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
        this.offeredFeatures = device.features() | service.offered();
        int count = device.queueCount();
        queueRegisters = new QueueRegisters[count];
        for (int i = 0; i < count; i++) {
            queueRegisters[i] = new QueueRegisters();
        }
        queues = new DeviceQueues(device, memory, executors, new Driver());
    }

    @Override
    public long read(long offset, int size) {
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
            case Register.INTERRUPT_STATUS -> interruptStatus.get() | interruptOfOthers();
            case Register.STATUS -> status.get();
            case Register.CONFIG_GENERATION -> configGeneration.get() & WORD_MASK;
            case Register.SHM_LEN_LOW, Register.SHM_LEN_HIGH, Register.SHM_BASE_LOW, Register.SHM_BASE_HIGH ->
                Register.NO_SHARED_MEMORY;
            case Register.DEVICE_FEATURES, Register.QUEUE_NUM_MAX, Register.QUEUE_READY -> readSelected((int) offset);
            default -> 0;
        };
    }

    /* Nobody here knows when another process raises the interrupt. It is an edge: looking in vain costs nothing else. */
    private int interruptOfOthers() {
        return service.elsewhere() && DeviceStatus.DRIVER_OK.isSet(status.get()) ? Register.INTERRUPT_USED : 0;
    }

    private long readSelected(int register) {
        synchronized (lock) {
            if (register == Register.DEVICE_FEATURES) {
                return deviceFeaturesSelect < FEATURE_WORDS
                        ? (offeredFeatures >>> (Integer.SIZE * deviceFeaturesSelect)) & WORD_MASK
                        : 0;
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
        if (offset >= Register.CONFIG) {
            device.writeConfig((int) (offset - Register.CONFIG), size, value);
            return;
        }
        if (size != Register.BYTES) {
            return;
        }
        switch ((int) offset) {
            case Register.QUEUE_NOTIFY -> postKick(value);
            case Register.INTERRUPT_ACK -> interruptStatus.clear((int) value);
            default -> {
                synchronized (lock) {
                    writeGuarded((int) offset, value);
                }
            }
        }
    }

    private void writeGuarded(int register, long value) {
        switch (register) {
            case Register.DEVICE_FEATURES_SEL -> deviceFeaturesSelect = value;
            case Register.DRIVER_FEATURES_SEL -> driverFeaturesSelect = value;
            case Register.DRIVER_FEATURES -> writeDriverFeatures(value);
            case Register.QUEUE_SEL -> queueSelect = value;
            case Register.STATUS -> writeStatus((int) value);
            default -> writeQueue(register, value);
        }
    }

    /* Features are fixed once FEATURES_OK is set (section 3.1.1). */
    private void writeDriverFeatures(long value) {
        if (DeviceStatus.FEATURES_OK.isSet(status.get()) || driverFeaturesSelect >= FEATURE_WORDS) {
            return;
        }
        int shift = (int) (Integer.SIZE * driverFeaturesSelect);
        driverFeatures = (driverFeatures & ~(WORD_MASK << shift)) | (value << shift);
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
        if (!step.maySetIn(status.get()) || (step == DeviceStatus.FEATURES_OK && !featuresAcceptable())) {
            return false;
        }
        status.set(step.bit());
        if (step == DeviceStatus.DRIVER_OK) {
            start();
        }
        return true;
    }

    private boolean featuresAcceptable() {
        return (driverFeatures & ~offeredFeatures) == 0 && (driverFeatures & service.required()) == service.required();
    }

    private void start() {
        QueueLayout[] layouts = new QueueLayout[queueRegisters.length];
        for (int i = 0; i < layouts.length; i++) {
            layouts[i] = queueRegisters[i].isReady() ? queueRegisters[i].layout() : null;
        }
        started = true;
        queues.start(layouts, driverFeatures);
    }

    private void reset() {
        stop();
        for (QueueRegisters registers : queueRegisters) {
            registers.reset();
        }
        deviceFeaturesSelect = 0;
        driverFeaturesSelect = 0;
        driverFeatures = 0;
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
        if (DeviceStatus.DRIVER_OK.isSet(before)) {
            interrupt(Register.INTERRUPT_CONFIG);
        }
        faults.report((fault instanceof DeviceFailureException ? "its code failed" : "guest broke a rule")
                + ", the device needs a reset: " + fault.getMessage());
    }

    private void interrupt(int bit) {
        interruptStatus.set(bit);
        line.raise();
    }

    /** What the queues' side tells the driver, by the registers that this side has. */
    private final class Driver implements DeviceQueues.Driver {

        @Override
        public void interruptUsed() {
            interrupt(Register.INTERRUPT_USED);
        }

        @Override
        public void configChanged() {
            configGeneration.incrementAndGet();
            interrupt(Register.INTERRUPT_CONFIG);
        }

        @Override
        public void broken(VmmException fault) {
            markBroken(fault);
        }
    }
}
