package jinn.control;

import java.util.List;
import java.util.Optional;
import jinn.doorbell.DoorbellStatus;
import jinn.vm.BalloonStatus;
import jinn.vm.ConsolePiece;
import jinn.vm.NetworkStatus;
import jinn.vm.PowerButtonPress;
import jinn.vm.QueueStatus;
import jinn.vm.RegisterStatus;
import jinn.vm.SocketStatus;
import jinn.vm.VcpuStatus;
import jinn.vm.VmState;

/**
 * What the control socket may ask of a VM. Called on the socket's thread and not to block it, but for {@link #pause} and
 * {@link #resume}, which get a thread of their own.
 */
public interface ControlledVm {

    /** Returns all doorbells, those of virtqueues too, with their counts so far. */
    List<DoorbellStatus> doorbells();

    /** Returns what each vCPU has done so far. */
    List<VcpuStatus> vcpus();

    /** Returns what has happened on each queue so far. */
    List<QueueStatus> queues();

    /** Returns what has passed through each data queue of the network devices so far. */
    List<NetworkStatus> networks();

    /** Returns what each socket device has done so far. */
    List<SocketStatus> sockets();

    /** Returns what the interrupts of each virtio device have cost its driver so far. */
    List<RegisterStatus> registers();

    /** Returns how the VM's balloon is doing, if it has one. */
    Optional<BalloonStatus> balloon();

    /**
     * Asks the guest for a balloon of this size.
     *
     * @throws jinn.error.VmmException if the VM has none, or the size is no good
     */
    void setBalloon(long bytes);

    /** Returns what the VM is doing. */
    VmState state();

    /**
     * Holds the guest, and returns when it stands still.
     *
     * @throws jinn.error.VmmException if it cannot, saying why
     */
    void pause();

    /**
     * Lets a paused guest go on.
     *
     * @throws jinn.error.VmmException if it cannot, saying why
     */
    void resume();

    /** As {@link jinn.vm.VmConsole#read}. */
    ConsolePiece consoleOutput(long position, int maximum);

    /** As {@link jinn.vm.VmConsole#watch}. */
    void watchConsole(Runnable watcher);

    /** As {@link jinn.vm.VmConsole#takesInput}. */
    boolean takesInput();

    /** As {@link jinn.vm.VmConsole#type}. */
    int type(byte[] bytes);

    /** As {@link jinn.vm.VmConsole#resize}. */
    void resizeConsole(int columns, int rows);

    /** As {@link jinn.vm.VmConsole#hasRoom}. */
    boolean hasRoom();

    /** Presses the VM's power button, if its guest listens to it. */
    PowerButtonPress pressPowerButton();

    /** Asks the VM to end. */
    void stop();
}
