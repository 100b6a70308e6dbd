package jinn.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import jinn.error.SyscallException;
import org.junit.jupiter.api.Test;

final class ErrnoTest {

    @Test
    void openingNothingNamesThePathAndTheReason() {
        SyscallException e = assertThrows(SyscallException.class, () -> FileDescriptor.open("/nowhere/at-all"));

        assertEquals(Errno.ENOENT.number(), e.errno());
        assertEquals("cannot open /nowhere/at-all: no such file or entry (ENOENT)", e.getMessage());
    }

    @Test
    void aFailedIoctlGivesTheNegatedErrno() {
        try (FileDescriptor zero = FileDescriptor.open("/dev/zero")) {
            assertEquals(-Errno.ENOTTY.number(), zero.ioctl(0x5401, MemorySegment.NULL));
            assertEquals(-Errno.ENOTTY.number(), zero.ioctl(0x5401, 0L));
        }
    }

    @Test
    void anUnknownNumberIsShownAsANumber() {
        assertEquals("system error (errno 4095)", Errno.describe(4095));
        assertEquals("system error (errno 0)", Errno.describe(0));
    }

    @Test
    void aClosedDescriptorIsNotUsedAgain() {
        FileDescriptor zero = FileDescriptor.open("/dev/zero");
        zero.close();
        zero.close();

        assertThrows(IllegalStateException.class, zero::number);
    }
}
