package jinn.cli;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import jinn.control.ControlDirectory;
import jinn.control.ControlServer;
import jinn.control.ControlSocket;
import jinn.control.FakeControlledVm;
import jinn.control.VmIdentity;
import jinn.vm.PowerButtonPress;

/** A process of its own that has a VM's control socket and serves it, or never answers, until it ends. */
final class SocketOwner {

    private SocketOwner() {}

    /**
     * Claims the name, says so on the standard output and goes on for ever.
     *
     * @param args the directory, the name, and {@code serve} or {@code hang}, or {@code die} to serve until the power button
     *     is pressed
     */
    public static void main(String[] args) throws Exception {
        ControlDirectory directory = new ControlDirectory(Path.of(args[0]));
        directory.prepare();
        ControlSocket socket = directory.claim(args[1]);
        if (!args[2].equals("hang")) {
            FakeControlledVm vm = new FakeControlledVm(1);
            if (args[2].equals("die")) {
                vm.onPowerButton(
                        PowerButtonPress.PRESSED, () -> Runtime.getRuntime().halt(1));
            }
            VmIdentity identity = new VmIdentity(args[1], "1.2.3", 4711, "vm.json", 1, 64L << 20);
            ControlServer.start(socket, identity, vm);
        }
        System.out.println("claimed " + args[1]);
        new CountDownLatch(1).await();
    }
}
