package jinn.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import jinn.config.DoorbellAction;
import jinn.config.DoorbellConfig;
import jinn.doorbell.delivery.Doorbell;
import jinn.doorbell.delivery.DoorbellHandler;
import jinn.doorbell.delivery.DoorbellRegistrar;
import jinn.doorbell.delivery.DoorbellRequest;
import jinn.error.SyscallException;
import jinn.event.EventLoop;
import jinn.hypervisor.DoorbellKey;
import jinn.testing.FakeVm;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class DoorbellActionsTest {

    @TempDir
    private Path directory;

    private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
    private final VmEnd end = new VmEnd();
    private final PauseRequest pause = new PauseRequest();
    private final UndoStack resources = new UndoStack();
    private final DoorbellActions actions =
            new DoorbellActions("web", end, pause, new Extensions(resources, warnings::add), resources, warnings::add);
    private final EventLoop loop = EventLoop.start("test-loop", failure -> warnings.add("failure " + failure));
    private final DoorbellRegistrar registrar = new DoorbellRegistrar("web", new FakeVm(), loop, true);

    @AfterEach
    void close() {
        registrar.close();
        resources.close();
        loop.close();
    }

    @Test
    void aProgramGetsTheNamesAndTheCountAndNoShellSeesItsArguments() throws IOException {
        Path script = script("echo \"$JINN_VM $JINN_DOORBELL $JINN_COUNT $1\" >>" + directory.resolve("out"));
        ring(register(new DoorbellAction.Run(List.of(script.toString(), "$(id); *"))), 3);

        await(() -> text("out").endsWith("\n"));
        assertEquals("web bell 3 $(id); *\n", text("out"));
        assertEquals(List.of(), warnings);
    }

    @Test
    void ringsWhileAProgramRunsAreOneLaterRun() throws Exception {
        Path script = script("echo $JINN_COUNT >>" + directory.resolve("out") + "; while [ ! -e "
                + directory.resolve("go") + " ]; do sleep 0.05; done");
        try (CommandRunner runner =
                new CommandRunner("web", "bell", List.of(script.toString()), warnings::add, 1_000_000)) {
            runner.rang(null, 1);
            await(() -> text("out").equals("1\n"));
            for (int i = 0; i < 1000; i++) {
                runner.rang(null, 2);
            }
            Files.createFile(directory.resolve("go"));
            await(() -> text("out").equals("1\n2000\n"));
            runner.rang(null, 7);
            await(() -> text("out").lines().count() == 3);
            assertEquals("1\n2000\n7\n", text("out"));
        }
    }

    @Test
    void aStormOfRingsStartsOneProgramASecondAtMost() throws IOException {
        Path script = script("echo $JINN_COUNT >>" + directory.resolve("out"));
        long start = System.nanoTime();
        try (CommandRunner runner = new CommandRunner("web", "bell", List.of(script.toString()), warnings::add)) {
            while (System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(1500)) {
                runner.rang(null, 1);
            }
        }
        assertTrue(text("out").lines().count() <= 2, text("out"));
    }

    @Test
    void aProgramThatFailsOrIsMissingIsToldAndTheDoorbellGoesOn() throws IOException {
        Path script = script("exit 3");
        Doorbell bell = register(new DoorbellAction.Run(List.of(script.toString())));
        ring(bell, 1);
        await(() -> warnings.size() == 1);
        assertEquals("doorbell bell: '" + script + "' ended with 3", warnings.getFirst());
        try (CommandRunner missing =
                new CommandRunner("web", "bell", List.of("jinn-no-such-program"), warnings::add, 1_000_000)) {
            missing.rang(null, 1);
            await(() -> warnings.size() == 2);
            missing.rang(null, 1);
            await(() -> warnings.size() == 3);
        }
        assertTrue(warnings.getLast().startsWith("doorbell bell: cannot run 'jinn-no-such-program': "));
        ring(bell, 1);
        assertEquals(2, bell.status().userspaceRings());
    }

    @Test
    void aLoggedRingIsALineWithItsTime() {
        ring(register(new DoorbellAction.Log()), 2);
        assertEquals(1, warnings.size());
        assertTrue(
                warnings.getFirst().matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z doorbell bell rang 2 times, 2 in all"),
                warnings.getFirst());
    }

    @Test
    void aShutdownEndsTheVmByTheDoorbellsName() {
        ring(register(new DoorbellAction.Shutdown()), 1);
        assertEquals(new VmOutcome.ShutDownByDoorbell("bell"), end.await());
    }

    @Test
    void aPauseIsAskedForOnAThreadOfItsOwn() {
        List<String> threads = Collections.synchronizedList(new ArrayList<>());
        pause.connect(() -> threads.add(Thread.currentThread().getName()));
        ring(register(new DoorbellAction.Pause()), 1);
        await(() -> threads.equals(List.of("pause")));
    }

    @Test
    void anActionThatThrowsIsToldByNameAndTheDoorbellGoesOn() {
        pause.connect(() -> {});
        DoorbellConfig config = config(new DoorbellAction.Send(directory.resolve("nobody")));
        String reason = "";
        try {
            actions.create(config);
        } catch (SyscallException e) {
            reason = e.getMessage();
        }
        assertTrue(reason.startsWith("cannot connect to " + directory.resolve("nobody")), reason);

        DoorbellHandler guarded = actions.guard("bell", (rung, count) -> {
            throw new IllegalStateException("on purpose");
        });
        Doorbell bell = register(guarded);
        ring(bell, 1);
        ring(bell, 1);
        assertEquals(2, bell.status().userspaceRings());
        assertEquals(1, warnings.size(), warnings::toString);
        assertTrue(
                warnings.getFirst().startsWith("doorbell bell: its action failed: IllegalStateException: on purpose ("),
                warnings.getFirst());
    }

    private Doorbell register(DoorbellAction action) {
        return register(actions.create(config(action)));
    }

    private Doorbell register(DoorbellHandler handler) {
        return registrar.register(new DoorbellRequest(
                "bell",
                new DoorbellKey(0x0b00_0000L, 4, OptionalLong.empty()),
                DoorbellRequest.Fallback.USERSPACE,
                handler));
    }

    private static DoorbellConfig config(DoorbellAction action) {
        return new DoorbellConfig("bell", 0x0b00_0000L, 4, OptionalLong.empty(), action);
    }

    /** Rings so that all rings come together. */
    private void ring(Doorbell bell, int count) {
        loop.executeAndWait(() -> {
            for (int i = 0; i < count; i++) {
                bell.ringFromUserspace();
            }
        });
        registrar.flush();
    }

    private Path script(String body) throws IOException {
        Path script = Files.writeString(directory.resolve("script"), "#!/bin/sh\n" + body + "\n");
        assertTrue(script.toFile().setExecutable(true));
        return script;
    }

    private String text(String name) {
        try {
            Path file = directory.resolve(name);
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "waited in vain");
            Thread.onSpinWait();
        }
    }
}
