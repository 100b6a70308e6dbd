package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import jinn.control.ControlClient;
import jinn.control.ControlDirectory;
import jinn.control.ControlServer;
import jinn.control.FakeControlledVm;
import jinn.control.VmIdentity;
import jinn.vm.PowerButtonPress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands for running VMs, against real control sockets of VMs without guests. */
@Timeout(60)
final class ControlCommandsTest {

    @TempDir
    private Path temporary;

    private ControlDirectory directory;
    private final List<ControlServer> servers = new ArrayList<>();

    @BeforeEach
    void prepare() {
        directory = new ControlDirectory(temporary.resolve("jinn"));
        directory.prepare();
    }

    @AfterEach
    void stop() {
        servers.forEach(ControlServer::close);
    }

    @Test
    void psListsTheVmsByName() throws IOException {
        long pid = ProcessHandle.current().pid();
        start("web", new FakeControlledVm(1));
        start("db", new FakeControlledVm(1));
        Invocation ps = invoke("ps");

        assertEquals(0, ps.exitCode(), ps.err());
        List<String> lines =
                ps.out().lines().map(line -> line.replaceAll(" +", " ")).toList();
        assertEquals("name pid state up vCPUs memory description", lines.get(0));
        assertTrue(lines.get(1).matches("db " + pid + " running \\d\\.\\d s 2 64 MiB guests/db\\.json"), lines.get(1));
        assertTrue(lines.get(2).startsWith("web " + pid + " running "), lines.get(2));
        assertEquals(3, lines.size());
    }

    @Test
    void psIsAnEmptyTableWhereNothingRuns() {
        assertEquals(
                "name  pid  state  up  vCPUs  memory  description\n",
                invoke("ps").out());
        assertEquals("[ ]\n", invoke("ps", "--json").out());
    }

    @Test
    void pauseAndResumeSayWhatTheyDidAndWhatTheyCouldNot() throws IOException {
        start("web", new FakeControlledVm(1));

        assertEquals("vm web: paused\n", invoke("pause", "web").out());
        assertTrue(invoke("ps").out().lines().toList().get(1).contains("  paused  "));
        assertTrue(invoke("ps", "--json").out().contains("\"state\" : \"paused\""));
        Invocation again = invoke("pause", "web", "db");
        assertEquals(1, again.exitCode());
        assertEquals("", again.out());
        assertEquals(
                List.of(
                        "jinn: vm web: cannot pause: it is paused already",
                        "jinn: vm db: does not run; running: web (control sockets in " + directory.path() + ")"),
                again.err().lines().toList());
        assertEquals("vm web: resumed\n", invoke("resume", "web").out());
        assertEquals(
                "{\"vm\":\"web\",\"state\":\"paused\"}\n",
                invoke("pause", "--json", "web").out());
        assertEquals(
                "{\"vm\":\"web\",\"state\":\"running\"}\n",
                invoke("resume", "--json", "web").out());
        assertEquals(
                "jinn: vm web: cannot resume: it is running already\n",
                invoke("resume", "web").err());
    }

    @Test
    void balloonShowsHowFarItIsAndSetsATarget() throws IOException {
        FakeControlledVm vm = new FakeControlledVm(1);
        vm.addBalloon();
        start("web", vm);

        assertEquals("""
                balloon                      size
                asked for                    64 MiB
                given                        32 MiB
                free pages reported, in all  4 KiB
                the guest's memory           512 MiB
                """, invoke("balloon", "web").out());
        assertTrue(invoke("balloon", "web", "128MiB").out().contains("asked for                    128 MiB"));
        assertTrue(invoke("balloon", "--json", "web", "0").out().contains("\"targetBytes\":0,"));
        Invocation bad = invoke("balloon", "web", "128");
        assertEquals(2, bad.exitCode());
        assertTrue(bad.err().contains("'128': must be a size with its unit"), bad.err());
    }

    @Test
    void balloonTellsOfAVmWithoutOne() throws IOException {
        start("web", new FakeControlledVm(1));
        assertEquals(
                "jinn: vm web: has no balloon; add a device {\"type\": \"balloon\"}\n",
                invoke("balloon", "web").err());
        assertEquals(
                "jinn: vm web: refuses 'balloon': the VM has no balloon\n",
                invoke("balloon", "web", "1MiB").err());
    }

    @Test
    void doorbellsShowsATableOfTheOnlyVm() throws IOException {
        start("web", new FakeControlledVm(2));
        Invocation doorbells = invoke("doorbells");

        assertEquals(0, doorbells.exitCode(), doorbells.err());
        assertEquals("""
                doorbell  address     length  match  path    kernel  userspace
                d0        0x0b000000  4       *      kernel  1       0
                d1        0x0b000008  4       *      kernel  1       0
                """, doorbells.out());
    }

    @Test
    void doorbellsWatchesUntilTheVmEnds() throws Exception {
        ControlServer server = start("web", new FakeControlledVm(1));
        Thread end = new Thread(() -> {
            pause(1500);
            server.close();
        });
        end.start();
        Invocation doorbells = invoke("doorbells", "--watch", "web");
        end.join();

        assertEquals(0, doorbells.exitCode(), doorbells.err());
        List<String> lines = doorbells.out().lines().toList();
        assertEquals("doorbell  address     length  match  path    kernel  userspace", lines.get(0));
        assertEquals("doorbell  address     length  match  path    kernel  userspace  rate", lines.get(2));
        assertTrue(lines.get(3).matches("d0 .* 2       0          [01]\\.\\d/s"), lines.get(3));
        assertEquals("vm web: has ended", lines.getLast());
    }

    @Test
    void statsShowsWhatTheVcpusDid() throws IOException {
        start("web", new FakeControlledVm(1));
        assertEquals("""
                vCPU  returns  by reason
                0     7        mmio 5, interrupted 2

                queue   kernel kicks  userspace  batches  requests  interrupts  suppressed  errors
                rng0/0  5             1          4        6         3           1           0

                network  frames  bytes  dropped
                net1/0   10      15000  1
                net1/1   20      1200   0

                sockets  connections  opened  refused  bytes to guest  to host  dropped
                vsock2   1            3       2        400             500      6

                device  registers  status reads  kernel acks  userspace
                rng0    memory     0             3            1
                net1    userspace  7             0            6          asked for
                """, invoke("stats", "web").out());
        Invocation json = invoke("stats", "--json", "web");
        assertTrue(json.out().startsWith("{\"ok\":true,\"uptimeMs\":"), json.out());
        assertEquals(1, json.out().lines().count());
    }

    @Test
    void eventsPrintsALineForEachUntilTheEnd() throws Exception {
        ControlServer server = start("web", new FakeControlledVm(1));
        Thread news = new Thread(() -> {
            // Nobody can know from outside when the subscription counts, so the news is repeated.
            for (int i = 0; i < 20; i++) {
                server.warned("careful");
                pause(100);
            }
            server.ended("powered-off", "guest powered off", 0);
            server.close();
        });
        news.start();
        Invocation events = invoke("events", "web");
        news.join();

        assertEquals(0, events.exitCode(), events.err());
        List<String> lines = events.out().lines().toList();
        assertEquals("{\"event\":\"warning\",\"message\":\"careful\"}", lines.getFirst());
        assertEquals(
                "{\"event\":\"ended\",\"outcome\":\"powered-off\",\"message\":\"guest powered off\",\"exitCode\":0}",
                lines.getLast());
    }

    @Test
    void stopSaysThatTheGuestPoweredOffAfterTheButton() throws IOException {
        FakeControlledVm vm = new FakeControlledVm(1);
        ControlServer server = start("web", vm);
        vm.onPowerButton(PowerButtonPress.PRESSED, () -> endSoon(server, "powered-off", "guest powered off"));
        assertStopTells("powered off after the power button", "stop", "web");

        assertEquals(0, vm.stops());
        assertEquals(List.of(), directory.names());
    }

    @Test
    void stopSaysHowAGuestEndedThatCouldNotPowerOff() throws IOException {
        FakeControlledVm vm = new FakeControlledVm(1);
        ControlServer server = start("web", vm);
        vm.onPowerButton(PowerButtonPress.PRESSED, () -> endSoon(server, "crashed", "guest crashed: vCPU 0"));
        assertStopTells("ended after the power button: guest crashed: vCPU 0", "stop", "web");
        assertEquals(0, vm.stops());
    }

    @Test
    void stopEndsAVmWhoseGuestDoesNotPowerOffInTime() throws IOException {
        FakeControlledVm vm = stoppableVm(PowerButtonPress.PRESSED);
        assertStopTells(
                "stopped, because the guest did not power off within 1 s of the power button",
                "stop",
                "--timeout=1",
                "web");
        assertEquals(1, vm.stops());
    }

    @Test
    void stopEndsAVmWhoseGuestCannotHearOfTheButton() throws IOException {
        FakeControlledVm vm = stoppableVm(PowerButtonPress.NO_DRIVER);
        assertStopTells("stopped, because the guest has no driver for the power button", "stop", "web");
        assertEquals(1, vm.stops());

        stoppableVm(PowerButtonPress.PAUSED);
        assertStopTells(
                "stopped, because it was paused, so the guest could not hear of the power button", "stop", "web");
    }

    @Test
    void stopWithoutTimeDoesNotPressTheButton() throws IOException {
        FakeControlledVm vm = new FakeControlledVm(1);
        ControlServer server = start("web", vm);
        AtomicInteger presses = new AtomicInteger();
        vm.onPowerButton(PowerButtonPress.PRESSED, presses::incrementAndGet);
        vm.onStop(() -> endSoon(server, "stopped", "stopped from the host"));
        assertStopTells("stopped, as asked, without the power button", "stop", "--timeout=0", "web");
        assertEquals(0, presses.get());
    }

    @Test
    void stopSaysThatAVmEndedByItself() throws IOException {
        FakeControlledVm vm = new FakeControlledVm(1);
        ControlServer server = start("web", vm);
        vm.onPowerButton(PowerButtonPress.ENDED, () -> endSoon(server, "reset", "guest asked for a reset"));
        assertStopTells("ended by itself: guest asked for a reset", "stop", "web");
        assertEquals(0, vm.stops());
    }

    @Test
    void stopDoesNotClaimTheEndOfAProcessThatDied() throws Exception {
        startOwner("web", "die", "");
        assertStopTells("ended by itself: its process did not say how", "stop", "web");
    }

    @Test
    void stopTellsProgramsOnOneLine() throws IOException {
        stoppableVm(PowerButtonPress.NO_DRIVER);
        Invocation stop = invoke("stop", "--json", "web");
        assertEquals(0, stop.exitCode(), stop.err());
        assertTrue(
                stop.out()
                        .matches(
                                "\\{\"vm\":\"web\",\"endedBy\":\"stop\",\"message\":\"stopped, because the guest has no"
                                        + " driver for the power button\",\"tookMs\":\\d+}\n"),
                stop.out());
    }

    private void assertStopTells(String end, String... words) {
        Invocation stop = invoke(words);
        assertEquals(0, stop.exitCode(), stop.err());
        assertTrue(stop.out().matches("vm web: \\Q" + end + "\\E, after \\d+\\.\\d s\n"), stop.out());
    }

    /** Starts a VM that ends when it is stopped. */
    private FakeControlledVm stoppableVm(PowerButtonPress button) throws IOException {
        FakeControlledVm vm = new FakeControlledVm(1);
        ControlServer server = start("web", vm);
        vm.onPowerButton(button, () -> {});
        vm.onStop(() -> endSoon(server, "stopped", "stopped from the host"));
        return vm;
    }

    /** Ends the server as a VM's end does, after the answer to the request that is being served. */
    private static void endSoon(ControlServer server, String outcome, String message) {
        server.ended(outcome, message, 0);
        Thread.ofPlatform().start(server::close);
    }

    @Test
    void stopKillsAProcessThatDoesNotAnswerAndRemovesWhatItLeft() throws Exception {
        Process hung = startHungVm("web");
        assertStopTells("killed, because it did not answer", "stop", "web");

        assertTrue(hung.waitFor(10, TimeUnit.SECONDS));
        assertEquals(128 + 9, hung.exitValue());
        assertEquals(List.of(), directory.names());
    }

    @Test
    void stopKillsAProcessThatDoesNotEnd() throws Exception {
        Process deaf = startOwner("web", "serve", "");
        Invocation stop = invoke("stop", "web");

        assertEquals(0, stop.exitCode(), stop.err());
        assertTrue(
                stop.out().matches("vm web: killed, because it did not end when it was stopped, after \\d+\\.\\d s\n"),
                stop.out());
        assertTrue(deaf.waitFor(10, TimeUnit.SECONDS));
    }

    @Test
    void psAndDoorbellsSayThatAVmDoesNotAnswer() throws Exception {
        Process hung = startHungVm("web");
        try {
            assertTrue(invoke("ps").out().matches("(?s).*\nweb +" + hung.pid() + " +no answer\n"));
            Invocation doorbells = invoke("doorbells", "web");
            assertEquals(1, doorbells.exitCode());
            assertEquals(
                    List.of("jinn: vm web: does not answer; 'jinn stop web' ends it all the same"),
                    doorbells.errLines());
        } finally {
            hung.destroyForcibly();
        }
    }

    @Test
    void aProcessThatRanOutOfDescriptorsServesAgainWhenItHasSome() throws Exception {
        Process owner = startOwner("web", "serve", "ulimit -n 40; ");
        List<ControlClient> clients = new ArrayList<>();
        try {
            ControlClient last;
            do {
                last = ControlClient.connect(directory, "web");
                clients.add(last);
                assertTrue(clients.size() < 40, "the limit did not hold");
            } while (last.nextLine(Duration.ofMillis(500)) instanceof ControlClient.Reply.Line);
            for (ControlClient served : clients.subList(0, clients.size() - 1)) {
                served.close();
            }
            assertTrue(last.nextLine(Duration.ofSeconds(20)) instanceof ControlClient.Reply.Line);
            assertTrue(last.ask("status").isPresent());
        } finally {
            clients.getLast().close();
            owner.destroyForcibly();
        }
    }

    @Test
    void aNameThatDoesNotRunIsToldWithThoseThatDo() throws IOException {
        String where = " (control sockets in " + directory.path() + ")";
        for (String command : List.of("doorbells", "stats", "events", "stop")) {
            assertEquals(
                    List.of("jinn: vm ../x: does not run; no VM does" + where),
                    invoke(command, "../x").errLines());
        }
        assertEquals(List.of("jinn: no VM runs" + where), invoke("stats").errLines());
        start("web", new FakeControlledVm(1));
        start("db", new FakeControlledVm(1));
        assertEquals(
                List.of("jinn: vm x: does not run; running: db, web" + where),
                invoke("stop", "x").errLines());
        assertEquals(
                List.of("jinn: several VMs run: db, web; name the one you mean"),
                invoke("doorbells").errLines());
    }

    @Test
    void wrongTimesAreWrongCommandLines() throws IOException {
        start("web", new FakeControlledVm(1));
        for (String[] wrong : new String[][] {
            {"stop", "--timeout=-1", "web"}, {"stop", "--timeout=86401", "web"}, {"stats", "--interval=0", "web"}
        }) {
            Invocation refused = invoke(wrong);
            assertEquals(2, refused.exitCode(), refused.out());
            assertEquals(1, refused.errLines().size(), refused.err());
        }
        assertFalse(directory.names().isEmpty());
    }

    private ControlServer start(String name, FakeControlledVm vm) throws IOException {
        VmIdentity identity = new VmIdentity(name, "1.2.3", 4711, "guests/" + name + ".json", 2, 64L << 20);
        ControlServer server = ControlServer.start(directory.claim(name), identity, vm);
        servers.add(server);
        return server;
    }

    private Process startHungVm(String name) throws IOException {
        return startOwner(name, "hang", "");
    }

    /** Starts a process that has the socket, after the shell has run {@code limit}. */
    private Process startOwner(String name, String manner, String limit) throws IOException {
        String classes = String.join(
                File.pathSeparator, System.getProperty("jdk.module.path"), "target/classes", "target/test-classes");
        // Left alone, the JVM raises the soft limit of open files.
        String command = limit + "exec \"$@\"";
        Process process = new ProcessBuilder(
                        "bash",
                        "-c",
                        command,
                        "bash",
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:-MaxFDLimit",
                        "-cp",
                        classes,
                        SocketOwner.class.getName(),
                        directory.path().toString(),
                        name,
                        manner)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String line =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
        assertTrue(line != null && line.startsWith("claimed"), line);
        return process;
    }

    private Invocation invoke(String... words) {
        return Invocation.of(Stream.concat(
                        Stream.of(words[0], "--runtime-dir=" + directory.path()),
                        Stream.of(words).skip(1))
                .toArray(String[]::new));
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
