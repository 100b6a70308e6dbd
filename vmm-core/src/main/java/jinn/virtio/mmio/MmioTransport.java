package jinn.virtio.mmio;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import jinn.bus.MmioDevice;
import jinn.error.DeviceFailureException;
import jinn.error.GuestFaultException;
import jinn.error.VmmException;
import jinn.memory.GuestMemory;
import jinn.virtio.DeviceContext;
import jinn.virtio.DeviceStatus;
import jinn.virtio.Feature;
import jinn.virtio.InterruptLine;
import jinn.virtio.QueueExecutor;
import jinn.virtio.VirtioDevice;
import jinn.virtio.queue.QueueLayout;
import jinn.virtio.queue.VirtQueue;

/**
 * The registers of one virtio-mmio device, version 2 (virtio 1.2 section 4.2).
 *
 * <p>A kick reaches the device through {@link #notifyQueue} on the loop thread, whether the kernel signalled the
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
    private final QueueExecutor executor;
    private final FaultLog faults;
    private final long offeredFeatures;

    private final AtomicBits status = new AtomicBits();
    private final AtomicBits interruptStatus = new AtomicBits();
    private final AtomicInteger configGeneration = new AtomicInteger();

    /* Guards the register file below. The loop thread never takes it: a vCPU thread may hold it and wait for the loop. */
    private final Object lock = new Object();
    private final QueueRegisters[] queueRegisters;
    private long deviceFeaturesSelect;
    private long driverFeaturesSelect;
    private long driverFeatures;
    private long queueSelect;
    private boolean started;

    /* Owned by the loop thread. */
    private final VirtQueue[] queues;
    private final DeviceContext context = new Context();
    private long negotiatedFeatures;

    private final PendingKick[] kicks;

    /** Makes a transport that tells nobody of the guest's faults; they are still counted. */
    public MmioTransport(VirtioDevice device, GuestMemory memory, InterruptLine line, QueueExecutor executor) {
        this(device, memory, line, executor, message -> {});
    }

    /**
     * Makes a transport whose device is in reset.
     *
     * @param line raised when the driver is to look at InterruptStatus; an edge, not a level
     * @param executor runs everything that touches the queues
     * @param warnings gets one line for the user when the guest breaks a rule, at a limited rate, on any thread
     */
    public MmioTransport(
            VirtioDevice device,
            GuestMemory memory,
            InterruptLine line,
            QueueExecutor executor,
            Consumer<String> warnings) {
        this.device = device;
        this.memory = memory;
        this.line = line;
        this.executor = executor;
        this.faults = new FaultLog(device.name(), warnings, System::nanoTime);
        this.offeredFeatures = device.features() | Feature.VERSION_1 | Feature.INDIRECT_DESC | Feature.EVENT_IDX;
        int count = device.queueCount();
        queueRegisters = new QueueRegisters[count];
        queues = new VirtQueue[count];
        kicks = new PendingKick[count];
        for (int i = 0; i < count; i++) {
            int index = i;
            queueRegisters[i] = new QueueRegisters();
            queues[i] = new VirtQueue(i, device.maximumQueueSize(), memory);
            kicks[i] = new PendingKick(executor, () -> notifyQueue(index));
        }
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
            case Register.INTERRUPT_STATUS -> interruptStatus.get();
            case Register.STATUS -> status.get();
            case Register.CONFIG_GENERATION -> configGeneration.get() & WORD_MASK;
            case Register.SHM_LEN_LOW, Register.SHM_LEN_HIGH, Register.SHM_BASE_LOW, Register.SHM_BASE_HIGH ->
                Register.NO_SHARED_MEMORY;
            case Register.DEVICE_FEATURES, Register.QUEUE_NUM_MAX, Register.QUEUE_READY -> readSelected((int) offset);
            default -> 0;
        };
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
                VirtQueue queue = queues[(int) queueSelect];
                executor.executeAndWait(queue::disable);
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
        return (driverFeatures & ~offeredFeatures) == 0 && (driverFeatures & Feature.VERSION_1) != 0;
    }

    private void start() {
        QueueLayout[] layouts = new QueueLayout[queueRegisters.length];
        for (int i = 0; i < layouts.length; i++) {
            layouts[i] = queueRegisters[i].isReady() ? queueRegisters[i].layout() : null;
        }
        long features = driverFeatures;
        started = true;
        executor.execute(() -> activate(layouts, features));
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
            executor.executeAndWait(this::deactivate);
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

    private void activate(QueueLayout[] layouts, long features) {
        negotiatedFeatures = features;
        try {
            for (int i = 0; i < layouts.length; i++) {
                if (layouts[i] != null) {
                    queues[i].enable(
                            layouts[i], (features & Feature.INDIRECT_DESC) != 0, (features & Feature.EVENT_IDX) != 0);
                }
            }
            device.activate(context);
        } catch (GuestFaultException | DeviceFailureException fault) {
            breakDown(fault);
        }
        /* A kick may have come after the driver's DRIVER_OK and before this point, when nobody could serve it. */
        for (int i = 0; i < queues.length; i++) {
            notifyQueue(i);
        }
    }

    private void deactivate() {
        device.reset();
        for (VirtQueue queue : queues) {
            queue.disable();
        }
    }

    /**
     * Lets the device look at a queue. Loop thread only. A queue the device does not have or that is not ready, as all
     * are while the device does not run, is ignored: a doorbell can still ring while the driver resets the device.
     */
    public void notifyQueue(int index) {
        assert executor.isOwner() : "queue notified outside the loop thread";
        if (index >= queues.length || !queues[index].isReady()) {
            return;
        }
        try {
            device.queueNotified(index);
        } catch (GuestFaultException | DeviceFailureException fault) {
            breakDown(fault);
        }
    }

    private void postKick(long queue) {
        if (queue >= queues.length) {
            faults.report("guest kicked queue " + queue + ", the device has " + queues.length);
            return;
        }
        kicks[(int) queue].post();
    }

    private void breakDown(VmmException fault) {
        for (VirtQueue queue : queues) {
            queue.disable();
        }
        markBroken(fault);
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

    private final class Context implements DeviceContext {

        @Override
        public VirtQueue queue(int index) {
            return queues[index];
        }

        @Override
        public boolean hasFeature(long mask) {
            return (negotiatedFeatures & mask) == mask;
        }

        @Override
        public void complete(VirtQueue queue) {
            if (queue.publish()) {
                interrupt(Register.INTERRUPT_USED);
            }
        }

        @Override
        public void notifyLater(int queue) {
            postKick(queue);
        }

        @Override
        public void configChanged() {
            configGeneration.incrementAndGet();
            interrupt(Register.INTERRUPT_CONFIG);
        }
    }
}
