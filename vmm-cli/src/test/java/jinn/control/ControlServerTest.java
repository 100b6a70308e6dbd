package jinn.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jinn.vm.VmState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
final class ControlServerTest {

    private static final String STATUS_ANSWER =
            "\\{\"ok\":true,\"uptimeMs\":\\d+,\"description\":\"web.json\",\"cpus\":2,\"memoryBytes\":67108864,"
                    + "\"state\":\"running\"}";

    private static final String COMMANDS =
            "\"command\" must be one of status, doorbells, stats, events, console, input, resize, balloon, pause, resume,"
                    + " power-button, stop";

    @TempDir
    private Path temporary;

    private final FakeControlledVm vm = new FakeControlledVm(2);
    private ControlServer server;
    private Path socket;

    @BeforeEach
    void start() throws IOException {
        server = start(vm);
    }

    private ControlServer start(ControlledVm served) throws IOException {
        ControlDirectory directory = new ControlDirectory(temporary.resolve("jinn"));
        directory.prepare();
        socket = directory.socket("web");
        VmIdentity identity = new VmIdentity("web", "1.2.3", 4711, "web.json", 2, 64L << 20);
        return ControlServer.start(directory.claim("web"), identity, served);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void readinessIsToldOnceToEachSubscriberEarlyOrLate() throws IOException {
        String event = "{\"event\":\"ready\"}";
        try (RawClient early = RawClient.greeted(socket);
                RawClient late = RawClient.greeted(socket)) {
            early.send("{\"command\":\"events\"}\n");
            assertMatches("\\{\"ok\":true,\"uptimeMs\":\\d+}", early.line());
            server.ready();
            assertEquals(event, early.line());
            late.send("{\"command\":\"events\"}\n{\"command\":\"status\"}\n");
            assertMatches("\\{\"ok\":true,\"uptimeMs\":\\d+}", late.line());
            assertEquals(event, late.line());
            assertMatches(STATUS_ANSWER, late.line());
            early.send("{\"command\":\"status\"}\n");
            assertMatches(STATUS_ANSWER, early.line());
        }
    }

    @Test
    void greetsAndAnswersEachCommandOnALineWithTheClientsMark() throws IOException {
        try (RawClient client = new RawClient(socket)) {
            assertEquals(
                    "{\"hello\":\"jinn\",\"protocol\":1,\"version\":\"1.2.3\",\"vm\":\"web\",\"pid\":4711}",
                    client.line());
            client.send("{\"command\":\"status\"}\n");
            assertMatches(STATUS_ANSWER, client.line());
            client.send("{\"id\":7,\"command\":\"stats\"}\n");
            assertMatches(
                    "\\{\"id\":7,\"ok\":true,\"uptimeMs\":\\d+,\"vcpus\":\\[\\{\"id\":0,\"runReturns\":7,"
                            + "\"returnsByReason\":\\{\"mmio\":5,\"interrupted\":2}}],\"queues\":\\[\\{\"name\":\"rng0/0\","
                            + "\"kernelKicks\":5,\"userspaceKicks\":1,\"batches\":4,\"requests\":6,\"interrupts\":3,"
                            + "\"suppressedInterrupts\":1,\"errors\":0}],"
                            + "\"networks\":\\[\\{\"name\":\"net1/0\",\"frames\":10,\"bytes\":15000,\"dropped\":1},"
                            + "\\{\"name\":\"net1/1\",\"frames\":20,\"bytes\":1200,\"dropped\":0}],"
                            + "\"sockets\":\\[\\{\"name\":\"vsock2\",\"connections\":1,\"opened\":3,\"refused\":2,"
                            + "\"bytesToGuest\":400,\"bytesToHost\":500,\"dropped\":6}],"
                            + "\"devices\":\\[\\{\"name\":\"rng0\","
                            + "\"registers\":\"memory\",\"reason\":\"\",\"statusReads\":0,\"kernelAcks\":3,"
                            + "\"userspaceAcks\":1},\\{\"name\":\"net1\",\"registers\":\"userspace\",\"reason\":"
                            + "\"asked for\",\"statusReads\":7,\"kernelAcks\":0,\"userspaceAcks\":6}]}",
                    client.line());
            client.send("{\"command\":\"doorbells\",\"id\":\"a\"}\n");
            assertMatches(
                    "\\{\"id\":\"a\",\"ok\":true,\"uptimeMs\":\\d+,\"doorbells\":\\[\\{\"name\":\"d0\",\"address\":"
                            + "\"0x0b000000\",\"length\":4,\"match\":\"\\*\",\"path\":\"kernel\",\"reason\":\"\","
                            + "\"kernel\":1,\"userspace\":0},\\{\"name\":\"d1\",.*}]}",
                    client.line());
            client.send("{\"command\":\"power-button\"}\n");
            assertMatches("\\{\"ok\":true,\"uptimeMs\":\\d+,\"button\":\"no-driver\"}", client.line());
            client.send("{\"command\":\"stop\"}\n");
            assertMatches("\\{\"ok\":true,\"uptimeMs\":\\d+}", client.line());
        }
        assertEquals(1, vm.stops());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "x                              | a request must be one line of JSON",
                "{                              | a request must be one line of JSON",
                "{} {}                          | a request must be one line of JSON",
                "[]                             | a request must be a JSON object",
                "null                           | a request must be a JSON object",
                "{}                             | " + COMMANDS,
                "{\"command\":\"STATUS\"}       | " + COMMANDS,
                "{\"command\":[\"status\"]}     | " + COMMANDS,
                "{\"command\":\"stop\",\"x\":1} | a request has no such key: must be one of command, id",
                "{\"command\":\"stop\",\"command\":\"stop\"} | a request must be one line of JSON",
                "{\"command\":\"stop\",\"id\":{}} | \"id\" must be a whole number of 64 bits or a string of at most"
                        + " 64 characters",
                "{\"command\":\"stop\",\"id\":99999999999999999999} | \"id\" must be a whole number of 64 bits or a"
                        + " string of at most 64 characters",
            })
    void refusesGarbageAndServesOn(String line, String error) throws IOException {
        try (RawClient client = RawClient.greeted(socket)) {
            client.send(line.strip() + "\n{\"command\":\"status\"}\n");
            assertEquals("{\"ok\":false,\"error\":\"" + error.replace("\"", "\\\"") + "\"}", client.line());
            assertMatches(STATUS_ANSWER, client.line());
        }
        assertEquals(0, vm.stops());
    }

    @Test
    void answersAPauseWhenItIsDoneAndServesOthersMeanwhile() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch parked = new CountDownLatch(1);
        vm.beforePause(() -> {
            asked.countDown();
            await(parked);
        });
        try (RawClient client = RawClient.greeted(socket);
                RawClient other = RawClient.greeted(socket)) {
            client.send("{\"id\":1,\"command\":\"pause\"}\n{\"id\":2,\"command\":\"resume\"}\n");
            assertTrue(asked.await(30, TimeUnit.SECONDS));
            other.send("{\"command\":\"status\"}\n");
            assertMatches(STATUS_ANSWER, other.line());

            parked.countDown();
            assertMatches("\\{\"id\":1,\"ok\":true,\"uptimeMs\":\\d+}", client.line());
            assertMatches("\\{\"id\":2,\"ok\":true,\"uptimeMs\":\\d+}", client.line());
        }
    }

    @Test
    void refusesASecondPauseAndASecondResumeInTheVmsWords() throws IOException {
        try (RawClient client = RawClient.greeted(socket)) {
            client.send("{\"command\":\"pause\"}\n{\"command\":\"pause\"}\n{\"command\":\"status\"}\n");
            assertMatches("\\{\"ok\":true,\"uptimeMs\":\\d+}", client.line());
            assertEquals("{\"ok\":false,\"error\":\"vm web: cannot pause: it is paused already\"}", client.line());
            assertMatches(STATUS_ANSWER.replace("running", "paused"), client.line());
            client.send("{\"command\":\"resume\"}\n{\"command\":\"resume\"}\n");
            assertMatches("\\{\"ok\":true,\"uptimeMs\":\\d+}", client.line());
            assertEquals("{\"ok\":false,\"error\":\"vm web: cannot resume: it is running already\"}", client.line());
        }
    }

    @Test
    void aClientThatLeavesDuringAPauseHurtsNobody() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch parked = new CountDownLatch(1);
        vm.beforePause(() -> {
            asked.countDown();
            await(parked);
        });
        try (RawClient client = RawClient.greeted(socket)) {
            client.send("{\"command\":\"pause\"}\n");
            assertTrue(asked.await(30, TimeUnit.SECONDS));
        }
        parked.countDown();
        try (RawClient other = RawClient.greeted(socket)) {
            other.send("{\"command\":\"doorbells\"}\n");
            assertTrue(other.line().startsWith("{\"ok\":true"));
        }
    }

    @Test
    void tellsSubscribersOfPausesInTheirOrder() throws IOException {
        try (RawClient client = RawClient.greeted(socket)) {
            client.send("{\"command\":\"events\"}\n");
            client.line();
            server.stateChanged(VmState.PAUSED);
            server.stateChanged(VmState.RUNNING);
            assertEquals("{\"event\":\"paused\"}", client.line());
            assertEquals("{\"event\":\"resumed\"}", client.line());
        }
    }

    @Test
    void showsAWatcherWhatTheConsolesWroteAndWriteAndHowTheVmEnded() throws IOException {
        vm.write("before\n");
        try (RawClient client = RawClient.greeted(socket)) {
            client.send("{\"id\":3,\"command\":\"console\"}\n");
            assertMatches("\\{\"id\":3,\"ok\":true,\"uptimeMs\":\\d+,\"input\":true}", client.line());
            assertEquals(output("before\n"), client.line());
            vm.write("now");
            assertEquals(output("now"), client.line());
            server.ended("stopped", "stopped from the host", 130);
            server.close();
            assertTrue(client.line().startsWith("{\"event\":\"ended\""));
        }
    }

    @Test
    void tellsAWatcherThatDoesNotReadHowMuchItHasMissed() throws IOException {
        try (RawClient slow = RawClient.greeted(socket);
                RawClient other = RawClient.greeted(socket)) {
            slow.send("{\"command\":\"console\"}\n");
            slow.line();
            vm.write("x");
            assertEquals(output("x"), slow.line());
            String piece = "y".repeat(100_000);
            for (int i = 0; i < 20; i++) {
                vm.write(piece);
                other.send("{\"command\":\"doorbells\"}\n");
                other.line();
            }
            long seen = 1;
            long lost = 0;
            Pattern event = Pattern.compile("\\{\"event\":\"output\",(?:\"lost\":(\\d+),)?\"data\":\"([^\"]*)\"}");
            while (seen + lost < 2_000_001) {
                Matcher matcher = event.matcher(slow.line());
                assertTrue(matcher.matches());
                lost += matcher.group(1) == null ? 0 : Long.parseLong(matcher.group(1));
                seen += Base64.getDecoder().decode(matcher.group(2)).length;
            }
            assertEquals(2_000_001, seen + lost);
            assertTrue(lost > 0, "the server kept all of it");
        }
    }

    @Test
    void typesForTheGuestAndSaysWhenThereIsRoomAgain() throws IOException {
        vm.setRoom(3);
        try (RawClient client = RawClient.greeted(socket)) {
            client.send(input("hello"));
            assertEquals("{\"ok\":true,\"taken\":3}", client.line());
            vm.setRoom(10);
            assertEquals("{\"event\":\"input-room\"}", client.line());
            client.send(input("lo"));
            assertEquals("{\"ok\":true,\"taken\":2}", client.line());
            assertEquals("hello", vm.typed());
            vm.setRoom(-1);
            client.send(input("x"));
            assertEquals("{\"ok\":false,\"error\":\"the VM has no console that takes input\"}", client.line());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"command\":\"input\"                    | \"data\" must be base64 of at most 4096 bytes",
                "\"command\":\"input\",\"data\":7         | \"data\" must be base64 of at most 4096 bytes",
                "\"command\":\"input\",\"data\":\"?\"     | \"data\" must be base64 of at most 4096 bytes",
                "\"command\":\"input\",\"x\":1            | a request has no such key: must be one of command, data, id",
                "\"command\":\"resize\",\"rows\":1       | \"columns\" and \"rows\" must be whole numbers from 0 to 65535",
                "\"command\":\"resize\",\"rows\":1,\"columns\":65536 | \"columns\" and \"rows\" must be whole numbers from 0 to 65535",
                "\"command\":\"resize\",\"rows\":-1,\"columns\":1 | \"columns\" and \"rows\" must be whole numbers from 0 to 65535",
                "\"command\":\"resize\",\"data\":\"aa\"   | a request has no such key: must be one of columns, command, id, rows",
                "\"command\":\"console\",\"data\":\"aa\"  | a request has no such key: must be one of command, id",
            })
    void refusesInputThatIsNone(String properties, String error) throws IOException {
        try (RawClient client = RawClient.greeted(socket)) {
            client.send("{" + properties.strip() + "}\n");
            assertEquals("{\"ok\":false,\"error\":\"" + error.replace("\"", "\\\"") + "\"}", client.line());
            client.send(input("x".repeat(4097)));
            assertTrue(client.line().contains("at most 4096 bytes"));
        }
        assertEquals("", vm.typed());
        assertEquals(List.of(), vm.sizes());
    }

    @Test
    void tellsTheGuestTheSizeOfAClientsTerminal() throws IOException {
        String resize = "{\"id\":1,\"command\":\"resize\",\"columns\":65535,\"rows\":0}\n";
        try (RawClient client = RawClient.greeted(socket)) {
            vm.setRoom(0);
            client.send(resize);
            assertTrue(client.line().startsWith("{\"id\":1,\"ok\":true,\"uptimeMs\":"));
            assertEquals(List.of("65535x0"), vm.sizes());
            vm.setRoom(-1);
            client.send(resize);
            assertEquals("{\"id\":1,\"ok\":false,\"error\":\"the VM has no console that takes input\"}", client.line());
            assertEquals(1, vm.sizes().size());
        }
    }

    private static String output(String text) {
        return "{\"event\":\"output\",\"data\":\"" + base64(text) + "\"}";
    }

    private static String input(String text) {
        return "{\"command\":\"input\",\"data\":\"" + base64(text) + "\"}\n";
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void refusesBytesThatAreNotUtf8AndLeavesOutBlankLines() throws IOException {
        try (RawClient client = RawClient.greeted(socket)) {
            client.send(new byte[] {'\n', ' ', '\r', '\n', '"', (byte) 0xff, '"', '\n'});
            assertEquals("{\"ok\":false,\"error\":\"a request must be UTF-8 text\"}", client.line());
        }
    }

    @Test
    void endsAConnectionWhoseLineIsTooLongAndNoOther() throws IOException {
        try (RawClient other = RawClient.greeted(socket);
                RawClient client = RawClient.greeted(socket)) {
            client.sendSome(new byte[LineReader.MAX_BYTES]);
            assertEquals("{\"ok\":false,\"error\":\"the line is too long: at most 65536 bytes\"}", client.line());
            assertNull(client.line());
            other.send("{\"command\":\"status\"}\n");
            assertMatches(STATUS_ANSWER, other.line());
        }
    }

    @Test
    void answersAllThatAClientSentBeforeItEndedItsOutput() throws IOException {
        try (RawClient client = RawClient.greeted(socket)) {
            client.send("{\"id\":1,\"command\":\"status\"}\n{\"id\":2,\"command\":\"status\"}");
            client.endOutput();
            assertTrue(client.line().startsWith("{\"id\":1,\"ok\":true"));
            assertTrue(client.line().startsWith("{\"id\":2,\"ok\":true"));
            assertNull(client.line());
        }
    }

    @Test
    void servesAsManyClientsAsItSaysAndThenTheNextWhenOneHasGone() throws IOException {
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < ControlServer.MAX_CLIENTS; i++) {
                clients.add(RawClient.greeted(socket));
            }
            try (RawClient refused = new RawClient(socket)) {
                assertEquals("{\"ok\":false,\"error\":\"too many clients: at most 64\"}", refused.line());
                assertNull(refused.line());
            }
            RawClient leaving = clients.removeFirst();
            leaving.endOutput();
            assertNull(leaving.line());
            leaving.close();
            clients.add(RawClient.greeted(socket));
            clients.getLast().send("{\"command\":\"status\"}\n");
            assertMatches(STATUS_ANSWER, clients.getLast().line());
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void aClientThatAsksAndNeverReadsHoldsNobodyUp() throws IOException {
        server.close();
        server = start(new FakeControlledVm(2000));
        try (RawClient deaf = RawClient.greeted(socket);
                RawClient other = RawClient.greeted(socket)) {
            byte[] requests = "{\"command\":\"doorbells\"}\n".repeat(1000).getBytes(StandardCharsets.UTF_8);
            deaf.sendSome(requests);
            for (int i = 0; i < 100; i++) {
                other.send("{\"command\":\"status\"}\n");
                assertMatches(STATUS_ANSWER, other.line());
            }
        }
    }

    @Test
    void tellsSubscribersOfRingsWarningsAndTheEnd() throws IOException {
        try (RawClient subscriber = subscribe();
                RawClient other = RawClient.greeted(socket)) {
            server.warned("careful");
            assertEquals("{\"event\":\"warning\",\"message\":\"careful\"}", subscriber.line());
            server.doorbellRang(FakeControlledVm.doorbell(0, 3));
            assertEquals(
                    "{\"event\":\"doorbell\",\"doorbell\":{\"name\":\"d0\",\"address\":\"0x0b000000\",\"length\":4,"
                            + "\"match\":\"*\",\"path\":\"kernel\",\"reason\":\"\",\"kernel\":3,\"userspace\":0}}",
                    subscriber.line());
            server.ended("powered-off", "guest powered off", 0);
            server.close();
            assertEquals(
                    "{\"event\":\"ended\",\"outcome\":\"powered-off\",\"message\":\"guest powered off\","
                            + "\"exitCode\":0}",
                    subscriber.line());
            assertNull(subscriber.line());
            assertNull(other.line());
        }
        assertFalse(Files.exists(socket));
    }

    @Test
    void makesOneEventOfManyRingsWithoutLosingTheLastCount() throws IOException {
        try (RawClient subscriber = subscribe()) {
            int rings = 100_000;
            for (int i = 1; i <= rings; i++) {
                server.doorbellRang(FakeControlledVm.doorbell(0, i));
            }
            int events = 0;
            String line;
            do {
                line = subscriber.line();
                events++;
            } while (!line.contains("\"kernel\":" + rings + ","));
            assertTrue(events < rings / 100, events + " events");
        }
    }

    @Test
    void aSubscriberThatDoesNotReadLosesEventsAndLearnsHowMany() throws Exception {
        String longMessage = "x".repeat(40_000);
        try (RawClient slow = subscribe();
                RawClient fast = subscribe()) {
            int warnings = 30;
            for (int i = 0; i < warnings; i++) {
                server.warned(longMessage + i);
                assertTrue(fast.line().endsWith(longMessage + i + "\"}"));
            }
            int received = 0;
            long lost = 0;
            server.ended("stopped", "end", 130);
            CountDownLatch closed = new CountDownLatch(1);
            Thread closer = new Thread(() -> {
                server.close();
                closed.countDown();
            });
            closer.start();
            for (String line = slow.line(); line != null; line = slow.line()) {
                if (line.startsWith("{\"event\":\"lost\",\"count\":")) {
                    lost += Long.parseLong(line.replaceAll("\\D", ""));
                } else if (line.startsWith("{\"event\":\"warning\"")) {
                    received++;
                }
            }
            assertTrue(closed.await(10, TimeUnit.SECONDS));
            assertTrue(received < warnings, "nothing was lost, so this says nothing");
            assertEquals(warnings, received + lost);
        }
    }

    @Test
    void closesInTimeAlthoughAClientDoesNotRead() throws IOException {
        server.close();
        server = start(new FakeControlledVm(20_000));
        try (RawClient deaf = RawClient.greeted(socket)) {
            deaf.send("{\"command\":\"doorbells\"}\n");
            long start = System.nanoTime();
            server.close();
            assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(10));
        }
    }

    @Test
    void survivesMutatedRequests() throws IOException {
        Random random = new Random(Long.getLong("jinn.fuzz.seed", 6));
        int inputs = Integer.getInteger("jinn.fuzz.inputs", 1000);
        byte[] original = "{\"id\":12,\"command\":\"doorbells\"}".getBytes(StandardCharsets.UTF_8);
        try (RawClient client = RawClient.greeted(socket)) {
            for (int i = 0; i < inputs; i++) {
                byte[] line = RequestTest.mutated(original, random);
                client.send(line);
                client.send("\n");
                if (!new String(line, StandardCharsets.ISO_8859_1).isBlank()) {
                    assertMatches("\\{(\"id\":.*,)?\"ok\":(true|false),.*}", client.line());
                }
            }
        }
        assertEquals(0, vm.stops());
    }

    private RawClient subscribe() throws IOException {
        RawClient client = RawClient.greeted(socket);
        client.send("{\"command\":\"events\"}\n");
        assertMatches("\\{\"ok\":true,\"uptimeMs\":\\d+}", client.line());
        return client;
    }

    private static void assertMatches(String pattern, String line) {
        assertTrue(line != null && line.matches(pattern), line);
    }
}
