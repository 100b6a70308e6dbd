package jinn.cli;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import jinn.control.ControlDirectory;

/** A process that has a VM's control socket and never answers. Started by tests with the directory and the name. */
final class HungVm {

    private HungVm() {}

    /** Claims the name, says so on the standard output and hangs. */
    public static void main(String[] args) throws InterruptedException {
        ControlDirectory directory = new ControlDirectory(Path.of(args[0]));
        directory.prepare();
        try (AutoCloseable socket = directory.claim(args[1])) {
            System.out.println("claimed " + socket);
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
