package jinn.posix;

import jinn.error.HostException;

/** Whether this JVM lets Jinn call native functions. */
public final class NativeAccess {

    private NativeAccess() {}

    /**
     * Fails unless the JVM was started with native access for Jinn. To be called before any other class of this package,
     * whose static initialisers would fail less clearly.
     *
     * @throws HostException naming the option to add
     */
    public static void require() {
        Module module = NativeAccess.class.getModule();
        if (module.isNativeAccessEnabled()) {
            return;
        }
        String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
        throw new HostException("cannot call native functions: this JVM was started without native access; "
                + "add the option --enable-native-access=" + name);
    }
}
