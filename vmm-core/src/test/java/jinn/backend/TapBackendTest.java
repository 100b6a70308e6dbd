package jinn.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import jinn.error.HostException;
import jinn.event.EventLoop;
import jinn.memory.IoVector;
import jinn.virtio.net.FramePort.Sending;
import jinn.virtio.net.NetBackend;
import jinn.virtio.net.NetFeature;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Uses a real interface where this user may make one, as in a container with the rights; skipped elsewhere. */
class TapBackendTest {

    private static final String NAME = "jinntest" + ProcessHandle.current().pid() % 1_000_000;
    private static final int HEADER = 12;
    private static final int PATIENCE_SECONDS = 60;

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> warnings = new LinkedBlockingQueue<>();
    private final EventLoop loop = EventLoop.start("test-loop", failure -> events.add("failure: " + failure));
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory = arena.allocate(200_000);
    private final IoVector vector = new IoVector(8, arena);
    private boolean made;
    private TapBackend backend;

    @AfterEach
    void close() throws Exception {
        if (backend != null) {
            loop.executeAndWait(backend::stop);
            backend.close();
        }
        loop.close();
        arena.close();
        if (made) {
            run("ip", "link", "del", NAME);
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor() == 0;
    }

    private void open(int pairs) throws Exception {
        String[] single = {"ip", "tuntap", "add", NAME, "mode", "tap"};
        String[] multiple = Arrays.copyOf(single, single.length + 1);
        multiple[single.length] = "multi_queue";
        try {
            made = run(pairs > 1 ? multiple : single);
        } catch (IOException e) {
            assumeTrue(false, "there is no program ip");
        }
        assumeTrue(made, "this user may not make interfaces");
        // Without IPv6 and ARP the host sends nothing by itself.
        run("sysctl", "-q", "net.ipv6.conf." + NAME + ".disable_ipv6=1");
        run("ip", "link", "set", NAME, "arp", "off", "up");
        backend = TapBackend.open(NAME, pairs, loop, warnings::add);
        loop.executeAndWait(() -> {
            backend.start(NetFeature.OFFLOADS, new NetBackend.Listener() {
                @Override
                public void receivable(int pair) {
                    events.add("receivable " + pair);
                    backend.port(pair).setReceiving(false);
                }

                @Override
                public void sendable(int pair) {
                    events.add("sendable " + pair);
                }

                @Override
                public void linkChanged() {
                    events.add("link " + backend.isLinkUp());
                }
            });
            backend.usePairs(1);
        });
    }

    /** A broadcast of an unknown protocol with a header that asks for nothing. */
    private static byte[] frame() {
        byte[] frame = new byte[HEADER + 60];
        Arrays.fill(frame, HEADER, HEADER + 6, (byte) 0xff);
        frame[HEADER + 6] = 2;
        frame[HEADER + 12] = (byte) 0x88;
        frame[HEADER + 13] = (byte) 0xb5;
        return frame;
    }

    private Sending send(byte[] frame) {
        Sending[] sending = new Sending[1];
        loop.executeAndWait(() -> {
            MemorySegment.copy(frame, 0, memory, ValueLayout.JAVA_BYTE, 0, frame.length);
            vector.clear();
            vector.add(memory, 0, frame.length);
            sending[0] = backend.port(0).send(vector);
        });
        return sending[0];
    }

    @Test
    void offloadsAreOfferedAndFramesAreTaken() throws Exception {
        open(1);
        assertEquals(NetFeature.OFFLOADS, backend.offloads());
        assertEquals(Sending.SENT, send(frame()));
        byte[] wrong = frame();
        wrong[1] = 0x55;
        assertEquals(Sending.DROPPED, send(wrong));
        assertTrue(backend.isLinkUp());
    }

    @Test
    void interfaceThatIsDownTakesNoFramesAndTheUserIsToldOnce() throws Exception {
        open(1);
        run("ip", "link", "set", NAME, "down");
        assertEquals(Sending.DROPPED, send(frame()));
        assertEquals(Sending.DROPPED, send(frame()));
        assertTrue(warnings.take().contains("'ip link set " + NAME + " up'"));
        assertEquals(0, warnings.size());
    }

    @Test
    void interfaceThatIsDeletedTakesTheLinkDown() throws Exception {
        open(1);
        run("ip", "link", "del", NAME);
        made = false;
        String event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        while (event != null && event.startsWith("receivable")) {
            loop.executeAndWait(() -> {
                vector.clear();
                backend.port(0).receive(vector);
                backend.port(0).setReceiving(true);
            });
            event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        assertEquals("link false", event);
        assertFalse(backend.isLinkUp());
        assertTrue(warnings.take().contains("the interface " + NAME + " has gone"));
    }

    @Test
    void pairsComeAndGo() throws Exception {
        open(2);
        assertEquals(2, backend.pairs());
        loop.executeAndWait(() -> backend.usePairs(2));
        loop.executeAndWait(() -> backend.usePairs(1));
        loop.executeAndWait(() -> backend.usePairs(2));
        assertEquals(Sending.SENT, send(frame()));
        assertTrue(backend.isLinkUp(), warnings::toString);
    }

    @Test
    void interfaceThatIsNotThereIsExplained() {
        HostException missing =
                assertThrows(HostException.class, () -> TapBackend.open("jinn-none", 1, loop, warnings::add));
        assertTrue(
                missing.getMessage()
                        .startsWith("cannot find the interface jinn-none: make it with 'ip tuntap add jinn-none"
                                + " mode tap user "),
                missing::getMessage);
    }

    @Test
    void interfaceThatIsNoTapIsExplained() {
        HostException refused = assertThrows(HostException.class, () -> TapBackend.open("lo", 1, loop, warnings::add));
        assertTrue(refused.getMessage().contains("; "), refused::getMessage);
    }
}
