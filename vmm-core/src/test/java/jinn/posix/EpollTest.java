package jinn.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemoryLayout.PathElement;
import java.util.HashSet;
import java.util.Set;
import jinn.error.SyscallException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EpollTest {

    @AutoClose
    private final Epoll epoll = Epoll.create();

    @AutoClose
    private final EventFd first = EventFd.create("first");

    @AutoClose
    private final EventFd second = EventFd.create("second");

    @ParameterizedTest
    @CsvSource({"amd64, 12, 4", "x86_64, 12, 4", "aarch64, 16, 8"})
    void theEventIsPackedOnX86Only(String architecture, long size, long dataOffset) {
        var layout = Epoll.eventLayout(architecture);

        assertEquals(size, layout.byteSize());
        assertEquals(dataOffset, layout.byteOffset(PathElement.groupElement("data")));
    }

    @Test
    void eachReadyDescriptorIsReportedWithItsOwnKey() {
        // With a wrong layout the second event of the array is read from the wrong place.
        epoll.add(first.descriptor(), 0x1234_5678_9abc_def0L);
        epoll.add(second.descriptor(), -7);
        first.signal();
        second.signal();

        assertEquals(2, epoll.await());
        assertEquals(Set.of(0x1234_5678_9abc_def0L, -7L), Set.of(epoll.key(0), epoll.key(1)));
    }

    @Test
    void aDescriptorStaysReadyUntilItIsDrained() {
        epoll.add(first.descriptor(), 1);
        first.signal();

        assertEquals(1, epoll.await());
        assertEquals(1, epoll.await());
        first.drain();
        epoll.add(second.descriptor(), 2);
        second.signal();
        assertEquals(1, epoll.await());
        assertEquals(2, epoll.key(0));
    }

    @Test
    void aRemovedDescriptorIsNotReported() {
        epoll.add(first.descriptor(), 1);
        epoll.add(second.descriptor(), 2);
        epoll.remove(first.descriptor());
        first.signal();
        second.signal();

        Set<Long> keys = new HashSet<>();
        for (int i = epoll.await() - 1; i >= 0; i--) {
            keys.add(epoll.key(i));
        }
        assertEquals(Set.of(2L), keys);
    }

    @Test
    void aFileThatIsAlwaysReadyIsRefused() {
        try (MemFd file = MemFd.create("jinn-test", 4096)) {
            SyscallException e = assertThrows(SyscallException.class, () -> epoll.add(file.descriptor(), 1));
            assertEquals(Errno.EPERM.number(), e.errno());
        }
    }
}
