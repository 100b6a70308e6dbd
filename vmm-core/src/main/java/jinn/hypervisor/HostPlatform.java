package jinn.hypervisor;

import java.util.Locale;
import jinn.error.HostException;
import jinn.posix.NativeAccess;

/** The host's operating system and processor, as far as a hypervisor needs them. */
public final class HostPlatform {

    private static final String NEEDED = "linux/aarch64";

    private HostPlatform() {}

    /** Returns, for example, {@code linux/aarch64}. */
    public static String name() {
        return System.getProperty("os.name").toLowerCase(Locale.ROOT) + "/" + System.getProperty("os.arch");
    }

    /** Returns whether guests, which are arm64 programs, can run here at all. */
    public static boolean isFit() {
        return name().equals(NEEDED);
    }

    /**
     * Fails where no guest can run, or where this JVM may not call native functions.
     *
     * @throws HostException saying what to do
     */
    public static void require() {
        if (!isFit()) {
            throw new HostException("cannot run a VM on " + name()
                    + ": guests need an arm64 Linux host; use 'make run' to boot one in QEMU");
        }
        NativeAccess.require();
    }
}
