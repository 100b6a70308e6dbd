package jinn.cli;

import java.util.List;
import java.util.Optional;
import jinn.control.ControlledVm;
import jinn.doorbell.DoorbellStatus;
import jinn.vm.BalloonStatus;
import jinn.vm.ConsolePiece;
import jinn.vm.NetworkStatus;
import jinn.vm.PowerButtonPress;
import jinn.vm.QueueStatus;
import jinn.vm.RegisterStatus;
import jinn.vm.SocketStatus;
import jinn.vm.VcpuStatus;
import jinn.vm.VirtualMachine;
import jinn.vm.VmState;

/** What the control socket sees of a VM. */
record ControlView(VirtualMachine vm) implements ControlledVm {

    @Override
    public List<DoorbellStatus> doorbells() {
        return vm.doorbells();
    }

    @Override
    public List<VcpuStatus> vcpus() {
        return vm.vcpus();
    }

    @Override
    public List<QueueStatus> queues() {
        return vm.queues();
    }

    @Override
    public List<NetworkStatus> networks() {
        return vm.networks();
    }

    @Override
    public List<SocketStatus> sockets() {
        return vm.sockets();
    }

    @Override
    public List<RegisterStatus> registers() {
        return vm.registers();
    }

    @Override
    public Optional<BalloonStatus> balloon() {
        return vm.balloon();
    }

    @Override
    public void setBalloon(long bytes) {
        vm.setBalloon(bytes);
    }

    @Override
    public VmState state() {
        return vm.state();
    }

    @Override
    public void pause() {
        vm.pause();
    }

    @Override
    public void resume() {
        vm.resume();
    }

    @Override
    public ConsolePiece consoleOutput(long position, int maximum) {
        return vm.console().read(position, maximum);
    }

    @Override
    public void watchConsole(Runnable watcher) {
        vm.console().watch(watcher);
    }

    @Override
    public boolean takesInput() {
        return vm.console().takesInput();
    }

    @Override
    public int type(byte[] bytes) {
        return vm.console().type(bytes);
    }

    @Override
    public void resizeConsole(int columns, int rows) {
        vm.console().resize(columns, rows);
    }

    @Override
    public boolean hasRoom() {
        return vm.console().hasRoom();
    }

    @Override
    public PowerButtonPress pressPowerButton() {
        return vm.pressPowerButton();
    }

    @Override
    public void stop() {
        vm.stop();
    }
}
