package jinn.cli;

import java.io.IOException;
import java.util.Optional;
import jinn.config.VmConfig;
import jinn.control.ControlDirectory;
import jinn.control.ControlServer;
import jinn.control.ControlSocket;
import jinn.control.ControlledVm;
import jinn.control.VmIdentity;
import jinn.doorbell.DoorbellStatus;
import jinn.error.HostException;
import jinn.vm.LaunchPhase;
import jinn.vm.VmListener;
import jinn.vm.VmState;

/**
 * The control socket of the VM that this process runs, from before the VM is made until after it is released. Where
 * there can be no socket, the VM runs without.
 */
final class RunControl implements VmListener, AutoCloseable {

    private final Optional<ControlSocket> socket;
    private final String problem;

    /** Set once, when there is a VM. */
    private volatile Optional<ControlServer> server = Optional.empty();

    private RunControl(Optional<ControlSocket> socket, String problem) {
        this.socket = socket;
        this.problem = problem;
    }

    /**
     * Takes the VM's name.
     *
     * @throws HostException if a VM of this name runs
     */
    static RunControl claim(ControlDirectory directory, String name) {
        try {
            directory.prepare();
        } catch (HostException e) {
            return new RunControl(Optional.empty(), e.getMessage());
        }
        return new RunControl(Optional.of(directory.claim(name)), "");
    }

    /** Returns why there is no control socket, in one line; empty when there is one. */
    String problem() {
        return problem;
    }

    /** Lets clients in. */
    void serve(VmConfig config, String description, ControlledVm vm) {
        if (socket.isEmpty()) {
            return;
        }
        VmIdentity identity = new VmIdentity(
                config.name(),
                Version.current(),
                ProcessHandle.current().pid(),
                description,
                config.machine().cpus(),
                config.machine().memoryBytes());
        try {
            server = Optional.of(ControlServer.start(socket.get(), identity, vm));
        } catch (IOException e) {
            throw new HostException("vm " + config.name() + ": cannot serve its control socket: " + e.getMessage(), e);
        }
    }

    @Override
    public void doorbellRang(DoorbellStatus status) {
        server.ifPresent(started -> started.doorbellRang(status));
    }

    @Override
    public void warned(String message) {
        server.ifPresent(started -> started.warned(message));
    }

    @Override
    public void stateChanged(VmState state) {
        server.ifPresent(started -> started.stateChanged(state));
    }

    @Override
    public void reached(LaunchPhase phase) {
        if (phase == LaunchPhase.READY) {
            server.ifPresent(ControlServer::ready);
        }
    }

    /** Tells the clients how the VM ended. */
    void ended(RunReport report) {
        server.ifPresent(started -> started.ended(
                OutcomeText.kind(report.outcome()),
                OutcomeText.describe(report.outcome()),
                ExitCode.of(report.outcome()).number()));
    }

    @Override
    public void close() {
        server.ifPresent(ControlServer::close);
        socket.ifPresent(ControlSocket::close);
    }
}
