package jinn.vm;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import jinn.boot.GuestLayout;
import jinn.config.VmConfig;
import jinn.doorbell.DoorbellStatus;
import jinn.doorbell.delivery.Doorbell;
import jinn.error.HostException;
import jinn.hypervisor.Hypervisor;
import jinn.virtio.balloon.Balloon;
import jinn.virtio.balloon.BalloonStatistics;

/**
 * A virtual machine, from its description to its end.
 *
 * <p>It runs once. {@link #run} and {@link #close} belong to the thread that assembled it; the others may be called from
 * any thread at any time.
 */
public final class VirtualMachine implements AutoCloseable {

    private final TerminalIo terminal;
    private final VmListener listener;
    private final Machine machine;
    private final List<VcpuThread> threads;
    private final PauseControl pauseControl;
    private final AtomicBoolean started = new AtomicBoolean();

    private VirtualMachine(String name, TerminalIo terminal, Machine machine, VmListener listener) {
        this.terminal = terminal;
        this.listener = listener;
        this.machine = machine;
        this.threads = machine.vcpus().stream()
                .map(vcpu -> new VcpuThread(vcpu, machine.bus(), machine.end()))
                .toList();
        this.pauseControl = new PauseControl(name, machine, threads, listener);
        machine.pauseRequest().connect(pauseControl::pause);
    }

    /**
     * Makes a machine that is ready to run: memory filled, devices attached, doorbells registered.
     *
     * @param listener gets news, on the event loop's thread, until {@link #close} returns
     * @throws jinn.error.VmmException when something is missing or refused; nothing is left behind then
     */
    public static VirtualMachine assemble(VmConfig config, VmOptions options, VmListener listener) {
        BootCheck.check(config);
        Hypervisor hypervisor = HypervisorSelection.open(config.hypervisor());
        try {
            HostLimits.ask().require(config, hypervisor.traits().locksMemory());
        } catch (RuntimeException e) {
            hypervisor.close();
            throw e;
        }
        return assemble(hypervisor, config, options, listener);
    }

    static VirtualMachine assemble(Hypervisor hypervisor, VmConfig config, VmOptions options, VmListener listener) {
        Machine machine = MachineAssembly.assemble(hypervisor, config, options, listener);
        return new VirtualMachine(config.name(), options.terminal(), machine, listener);
    }

    /**
     * Runs the guest until it ends or {@link #stop} is called. When it returns, no vCPU runs any more, all rings have
     * been told to the listener, and the terminal is as it was.
     *
     * @throws jinn.error.VmmException when the VMM itself fails
     */
    public VmOutcome run() {
        if (started.getAndSet(true)) {
            throw new IllegalStateException("a virtual machine runs only once");
        }
        try (UndoStack undo = new UndoStack()) {
            openTerminal(undo);
            undo.push(machine.registrar()::flush);
            undo.push(pauseControl::end);
            undo.push(this::stopThreads);
            if (!machine.end().isDecided()) {
                listener.reached(LaunchPhase.FIRST_ENTRY);
                threads.forEach(VcpuThread::start);
            }
            return machine.end().await();
        }
    }

    private void openTerminal(UndoStack undo) {
        if (machine.terminalConsole().isPresent() && terminal.input() != TerminalIo.NONE) {
            ConsoleInput input = machine.terminalConsole().get();
            undo.push(TerminalSession.open(terminal, input.loop(), input, this::stop)::close);
        }
    }

    private void stopThreads() {
        threads.forEach(VcpuThread::requestStop);
        threads.forEach(VcpuThread::join);
    }

    /** Asks the VM to end; {@link #run} then returns {@link VmOutcome.Stopped}, unless it has ended otherwise before. */
    public void stop() {
        machine.end().complete(new VmOutcome.Stopped());
    }

    /**
     * Presses the power button, if the guest listens to it, and returns at once. Any thread.
     *
     * <p>A VM that ends or is paused at the same moment may be told as {@link PowerButtonPress#PRESSED}.
     */
    public PowerButtonPress pressPowerButton() {
        return switch (state()) {
            case PAUSED -> PowerButtonPress.PAUSED;
            case ENDED -> PowerButtonPress.ENDED;
            case RUNNING ->
                machine.gpio().press(GuestLayout.POWER_BUTTON_LINE)
                        ? PowerButtonPress.PRESSED
                        : PowerButtonPress.NO_DRIVER;
        };
    }

    /**
     * Holds the guest: when it returns, no vCPU runs and no queue is served, all rings before have been told to the
     * listener, and nothing is lost or done twice: {@link #resume} goes on exactly here. The guest's clock and timers do
     * not stand still. Not to be called by the listener.
     *
     * @throws jinn.error.HostException if the VM is paused already or has ended
     */
    public void pause() {
        pauseControl.pause();
    }

    /**
     * Lets a paused guest go on.
     *
     * @throws jinn.error.HostException if the VM is not paused
     */
    public void resume() {
        pauseControl.resume();
    }

    /** Returns the VM's console, for those who do not sit at the terminal. */
    public VmConsole console() {
        return machine.console();
    }

    /** Returns what the VM is doing. */
    public VmState state() {
        return pauseControl.state();
    }

    /** Returns all doorbells, also those of virtqueues, with their counts so far. */
    public List<DoorbellStatus> doorbells() {
        return machine.registrar().doorbells().stream().map(Doorbell::status).toList();
    }

    /** Returns what has happened on each queue of the virtio devices so far. */
    public List<QueueStatus> queues() {
        return machine.devices().stream()
                .flatMap(device -> device.queues().stream())
                .toList();
    }

    /** Returns what has passed through each data queue of the network devices so far. */
    public List<NetworkStatus> networks() {
        return machine.devices().stream()
                .flatMap(device -> device.networks().stream())
                .toList();
    }

    /** Returns what each socket device has done so far. */
    public List<SocketStatus> sockets() {
        return machine.devices().stream()
                .flatMap(device -> device.sockets().stream())
                .toList();
    }

    /** Returns what the interrupts of each virtio device have cost its driver so far. */
    public List<RegisterStatus> registers() {
        return machine.devices().stream().map(AttachedDevice::registers).toList();
    }

    /** Returns how the balloon is doing, if the VM has one, and lets the guest say more for the next call. Any thread. */
    public Optional<BalloonStatus> balloon() {
        return machine.balloon().map(balloon -> {
            BalloonStatistics said = balloon.statistics();
            return new BalloonStatus(
                    balloon.targetBytes(),
                    balloon.actualBytes(),
                    balloon.reportedBytes(),
                    said.total(),
                    said.free(),
                    said.available());
        });
    }

    /**
     * Asks the guest to do without so much memory. Any thread; the guest takes its time.
     *
     * @param bytes rounded down to pages
     * @throws HostException if the VM has no balloon, or not so much memory
     */
    public void setBalloon(long bytes) {
        Balloon balloon = machine.balloon()
                .orElseThrow(() -> new HostException("the VM has no balloon; add a device {\"type\": \"balloon\"}"));
        if (bytes < 0 || bytes >= machine.memoryBytes()) {
            throw new HostException("a balloon of " + bytes + " bytes: must be less than the VM's memory of "
                    + machine.memoryBytes() + " bytes");
        }
        balloon.setTarget(bytes);
    }

    /** Returns what each vCPU has done so far. */
    public List<VcpuStatus> vcpus() {
        return threads.stream().map(VcpuThread::status).toList();
    }

    /** Gives everything back to the host. {@link #run} must have returned. A second call does nothing. */
    @Override
    public void close() {
        machine.resources().close();
    }
}
