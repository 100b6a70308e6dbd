package jinn.interrupt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import jinn.error.SyscallException;
import jinn.testing.FakeVm;
import org.junit.jupiter.api.Test;

final class IrqFdLineTest {

    private final FakeVm vm = new FakeVm();

    @Test
    void eachRaiseReachesTheDriverOnItsOwnInterrupt() {
        try (IrqFdLine first = IrqFdLine.bind(vm, 16);
                IrqFdLine second = IrqFdLine.bind(vm, 17)) {
            first.raise();
            first.raise();
            second.raise();

            assertEquals(2, vm.takeInterrupts(16));
            assertEquals(1, vm.takeInterrupts(17));
        }
        assertEquals(0, vm.interruptCount());
    }

    @Test
    void aRefusedBindingLeavesNoDescriptorBehind() throws IOException {
        long before = openDescriptors();
        vm.failCall(1);

        assertThrows(SyscallException.class, () -> IrqFdLine.bind(vm, 16));
        assertEquals(before, openDescriptors());
    }

    private static long openDescriptors() throws IOException {
        try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
            return fds.count();
        }
    }
}
