package jinn.testing;

import java.lang.reflect.Method;

/**
 * Measures how many bytes of heap the current thread allocates.
 *
 * <p>By reflection, since the module under test does not require {@code jdk.management} and should not for a test.
 */
public final class AllocationMeter {

    private final Object threads;
    private final Method allocatedBytes;

    /** Finds the virtual machine's thread bean. */
    public AllocationMeter() {
        try {
            threads = Class.forName("java.lang.management.ManagementFactory")
                    .getMethod("getThreadMXBean")
                    .invoke(null);
            allocatedBytes =
                    Class.forName("com.sun.management.ThreadMXBean").getMethod("getThreadAllocatedBytes", long.class);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JDK cannot measure allocation", e);
        }
    }

    /** Returns the bytes allocated while the action ran, less what the measurement itself allocates. */
    public long bytesOf(Runnable action) {
        long own = between(() -> {});
        return between(action) - own;
    }

    private long between(Runnable action) {
        long before = currentThreadBytes();
        action.run();
        return currentThreadBytes() - before;
    }

    /** Returns the bytes that the calling thread has allocated since it started. */
    public long currentThreadBytes() {
        try {
            return (long) allocatedBytes.invoke(threads, Thread.currentThread().threadId());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot read the thread's allocated bytes", e);
        }
    }
}
