package jinn.posix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;

/**
 * The few signatures that the functions of {@link Libc} are linked with.
 *
 * <p>The linker makes code for each signature at the start of every run, which takes far longer than to link one more
 * function of a signature that it has. Whole numbers and pointers all are passed and returned in registers of 64 bits by the
 * procedure calls of arm64 and x86-64 Linux (AAPCS64, System V), variadic or not; a function does not read registers that
 * it has no argument for, nor the upper half of the one of an {@code int}. So a function may be called with more and with wider
 * numbers than it has. The upper half of a returned {@code int} is unspecified: the caller narrows it.
 *
 * <p>Pointers are kept apart from numbers, because the linker keeps the memory behind a pointer alive during the call.
 */
final class CallShape {

    private static final Linker LINKER = Linker.nativeLinker();

    /** On x86-64 the caller of a variadic function says how many vector registers it has filled: none. */
    private static final Linker.Option[] OPTIONS = {
        Linker.Option.captureCallState("errno"), Linker.Option.firstVariadicArg(1)
    };

    /** Up to six numbers. */
    static final CallShape NUMBERS = new CallShape(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    /** A pointer, and up to two numbers. */
    static final CallShape POINTER_1 = new CallShape(ADDRESS, JAVA_LONG, JAVA_LONG);

    /** A pointer in the second place, up to four arguments. */
    static final CallShape POINTER_2 = new CallShape(JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);

    /** Three arguments, the third a pointer. */
    static final CallShape POINTER_3 = new CallShape(JAVA_LONG, JAVA_LONG, ADDRESS);

    private final FunctionDescriptor descriptor;

    private CallShape(MemoryLayout... arguments) {
        this.descriptor = FunctionDescriptor.of(JAVA_LONG, arguments);
    }

    /** Links libc's function {@code name}: it takes the segment for errno, then this shape's arguments, and returns a long. */
    @SuppressWarnings("restricted")
    MethodHandle function(String name) {
        return LINKER.downcallHandle(Libc.address(name), descriptor, OPTIONS);
    }
}
