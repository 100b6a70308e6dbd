package jinn.vm;

import java.util.List;
import java.util.Locale;
import jinn.error.HostException;

/**
 * Pauses and resumes a machine: vCPUs first, because one of them may be waiting for a device, then devices.
 *
 * <p>Any thread may call but a vCPU's or a loop's, since both are waited for.
 */
final class PauseControl {

    private final String vmName;
    private final Machine machine;
    private final List<VcpuThread> threads;
    private final VmListener listener;

    /** Written under this object's lock only. */
    private volatile VmState state = VmState.RUNNING;

    PauseControl(String vmName, Machine machine, List<VcpuThread> threads, VmListener listener) {
        this.vmName = vmName;
        this.machine = machine;
        this.threads = threads;
        this.listener = listener;
    }

    VmState state() {
        return state;
    }

    synchronized void pause() {
        require(VmState.RUNNING, "pause");
        threads.forEach(VcpuThread::requestPause);
        threads.forEach(VcpuThread::awaitParked);
        machine.devices().forEach(device -> device.transport().pause());
        // No vCPU rings any more: whoever is told of the pause knows of every ring before it.
        machine.registrar().flush();
        require(VmState.RUNNING, "pause");
        change(VmState.PAUSED);
    }

    synchronized void resume() {
        require(VmState.PAUSED, "resume");
        machine.devices().forEach(device -> device.transport().resume());
        threads.forEach(VcpuThread::resume);
        change(VmState.RUNNING);
    }

    /** Called when all vCPU threads have ended: from now on the machine may be taken apart. */
    synchronized void end() {
        state = VmState.ENDED;
    }

    private void require(VmState required, String verb) {
        VmState now = machine.end().isDecided() ? VmState.ENDED : state;
        if (now != required) {
            String reason = now == VmState.ENDED
                    ? "it has ended"
                    : "it is " + now.name().toLowerCase(Locale.ROOT) + " already";
            throw new HostException("vm " + vmName + ": cannot " + verb + ": " + reason);
        }
    }

    private void change(VmState next) {
        state = next;
        machine.loop().execute(() -> listener.stateChanged(next));
    }
}
