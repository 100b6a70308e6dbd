package jinn.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import jinn.error.SyscallException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("restricted")
final class DescriptorMessageTest {

    /** The flags of a listening socket in /proc/net/unix; the connections that wait to be accepted have its path too. */
    private static final String ACCEPTS = " 00010000 ";

    @TempDir
    private Path directory;

    /** The receiver accepts with libc, because Java's channels cannot take descriptors. */
    @Test
    void theReceiverGetsTheMessageAndTheSameEventFd() throws Throwable {
        Path path = directory.resolve("bell.sock");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                EventFd eventFd = EventFd.create("a test");
                Arena arena = Arena.ofConfined()) {
            List<Path> before = descriptors();
            listener.bind(UnixDomainSocketAddress.of(path));
            try (FileDescriptor connection = StreamSocket.connect(path.toString())) {
                DescriptorMessage.send(
                        connection, "bell".getBytes(StandardCharsets.UTF_8), List.of(eventFd.descriptor()));
            }
            assertEquals(before.size(), descriptors().size(), "the sender keeps a descriptor");

            try (FileDescriptor connection = accept(path)) {
                MemorySegment text = arena.allocate(16);
                MemorySegment control = arena.allocate(64, 8);
                assertEquals(4, receive(arena, connection, text, control));
                assertEquals("bell", text.getString(0));
                try (FileDescriptor received =
                        FileDescriptor.owning(control.get(ValueLayout.JAVA_INT, 16), "the received eventfd")) {
                    eventFd.signal();
                    eventFd.add(41);
                    MemorySegment count = arena.allocate(8, 8);
                    assertEquals(8, received.read(count, 8));
                    assertEquals(42, count.get(ValueLayout.JAVA_LONG, 0));
                }
            }
        }
    }

    @Test
    void whereNobodyListensTheSocketIsNamed() {
        Path path = directory.resolve("nobody.sock");
        SyscallException e = assertThrows(SyscallException.class, () -> StreamSocket.connect(path.toString()));
        assertEquals("cannot connect to " + path + ": no such file or entry (ENOENT)", e.getMessage());
    }

    /** Accepts at the socket of this process that is bound to the path: the one listening descriptor there is. */
    private FileDescriptor accept(Path path) throws Throwable {
        String inode = Files.readAllLines(Path.of("/proc/self/net/unix")).stream()
                .filter(line -> line.endsWith(path.toString()) && line.contains(ACCEPTS))
                .map(line -> line.split(" +", -1)[6])
                .findFirst()
                .orElseThrow();
        int listening = -1;
        for (Path fd : descriptors()) {
            if (Files.isSymbolicLink(fd)
                    && Files.readSymbolicLink(fd).toString().equals("socket:[" + inode + "]")) {
                listening = Integer.parseInt(fd.getFileName().toString());
            }
        }
        MethodHandle accept = handle(
                "accept",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
        return FileDescriptor.owning(
                (int) accept.invokeExact(listening, MemorySegment.NULL, MemorySegment.NULL), "the connection");
    }

    private static long receive(Arena arena, FileDescriptor connection, MemorySegment text, MemorySegment control)
            throws Throwable {
        MemorySegment vector = arena.allocate(16, 8);
        vector.set(ValueLayout.ADDRESS, 0, text);
        vector.set(ValueLayout.JAVA_LONG, 8, text.byteSize() - 1);
        MemorySegment header = arena.allocate(56, 8);
        header.set(ValueLayout.ADDRESS, 16, vector);
        header.set(ValueLayout.JAVA_LONG, 24, 1);
        header.set(ValueLayout.ADDRESS, 32, control);
        header.set(ValueLayout.JAVA_LONG, 40, control.byteSize());
        MethodHandle recvmsg = handle(
                "recvmsg",
                FunctionDescriptor.of(
                        ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
        return (long) recvmsg.invokeExact(connection.number(), header, 0);
    }

    private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), descriptor);
    }

    private static List<Path> descriptors() throws Exception {
        try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
            return fds.toList();
        }
    }
}
