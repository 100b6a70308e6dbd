package jinn.doorbell.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import jinn.doorbell.DoorbellPath;
import jinn.doorbell.DoorbellStatus;
import jinn.doorbell.delivery.DoorbellRequest.Fallback;
import jinn.error.ConfigException;
import jinn.error.SyscallException;
import jinn.event.EventLoop;
import jinn.hypervisor.DoorbellKey;
import jinn.posix.Errno;
import jinn.testing.FakeVm;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(30)
final class DoorbellRegistrarTest {

    private static final long ADDRESS = 0x0a00_0050L;

    private final FakeVm vm = new FakeVm();
    private final List<String> rings = Collections.synchronizedList(new ArrayList<>());

    @AutoClose
    private final EventLoop loop = EventLoop.start("test-loop", failure -> rings.add("failure " + failure));

    private final DoorbellRegistrar registrar = new DoorbellRegistrar("demo", vm, loop, false);

    @Test
    void aKernelRingReachesTheHandlerAndIsCounted() {
        Doorbell doorbell = register(registrar, "a", 4, 1, Fallback.SHARED);

        assertTrue(vm.store(ADDRESS, 4, 1));
        registrar.flush();
        assertTrue(vm.store(ADDRESS, 4, 1));
        assertTrue(vm.store(ADDRESS, 4, 1));
        registrar.flush();

        assertEquals(Set.of("a"), Set.copyOf(rings));
        assertStatus(doorbell, DoorbellPath.KERNEL, "", 3, 0);
    }

    @Test
    void twoDoorbellsAtOneAddressWithOtherDataAreBothTheKernels() {
        Doorbell first = register(registrar, "a", 4, 1, Fallback.SHARED);
        Doorbell second = register(registrar, "b", 4, 2, Fallback.SHARED);
        vm.store(ADDRESS, 4, 2);
        registrar.flush();

        assertStatus(first, DoorbellPath.KERNEL, "", 0, 0);
        assertStatus(second, DoorbellPath.KERNEL, "", 1, 0);
    }

    @Test
    void theSameStoresTwiceAreRefusedNamingBoth() {
        register(registrar, "net-tx", 4, 1, Fallback.SHARED);

        ConfigException e =
                assertThrows(ConfigException.class, () -> register(registrar, "net-rx", 4, 1, Fallback.SHARED));
        assertEquals(
                "vm demo: cannot register doorbell 'net-rx' at 0x0a000050/4 data 0x1: already taken by 'net-tx'"
                        + " at 0x0a000050/4 data 0x1 (EEXIST)",
                e.getMessage());
        assertEquals(1, registrar.doorbells().size());
        assertEquals(1, vm.doorbells().size());
    }

    @Test
    void queuesShareAWildcardWhereTheDriverTakesOneDoorbellAnAddress() {
        vm.setCollision((old, added) -> old.address() == added.address());
        List<Doorbell> queues = List.of(
                register(registrar, "q0", 4, 0, Fallback.SHARED),
                register(registrar, "q1", 4, 1, Fallback.SHARED),
                register(registrar, "q2", 4, 2, Fallback.SHARED));

        assertEquals(List.of(new DoorbellKey(ADDRESS, 4, OptionalLong.empty())), vm.doorbells());
        vm.store(ADDRESS, 4, 1);
        registrar.flush();
        assertEquals(List.of("q0", "q1", "q2"), rings);
        for (Doorbell queue : queues) {
            assertStatus(
                    queue, DoorbellPath.SHARED, "the driver takes only one doorbell at this address (EEXIST)", 1, 0);
        }
    }

    @Test
    void queuesThatShareARingAreEachCalledOnTheirOwnLoop() {
        vm.setCollision((old, added) -> old.address() == added.address());
        try (EventLoop other = EventLoop.start("other-loop", failure -> rings.add("failure " + failure))) {
            Doorbell first = registrar.register(onThread("q0", 0), loop);
            Doorbell second = registrar.register(onThread("q1", 1), other);
            vm.store(ADDRESS, 4, 1);
            vm.store(ADDRESS, 4, 0);
            registrar.flush();

            assertEquals(Set.of("q0 on test-loop", "q1 on other-loop"), Set.copyOf(rings));
            for (Doorbell queue : List.of(first, second)) {
                assertEquals(2, queue.status().kernelRings());
                assertEquals(DoorbellPath.SHARED, queue.status().path());
            }
            vm.store(ADDRESS, 4, 1);
            registrar.close();
            assertEquals(3, second.status().kernelRings());
        }
    }

    private DoorbellRequest onThread(String name, long data) {
        return new DoorbellRequest(
                name,
                new DoorbellKey(ADDRESS, 4, OptionalLong.of(data)),
                Fallback.SHARED,
                (doorbell, count) ->
                        rings.add(name + " on " + Thread.currentThread().getName()));
    }

    @Test
    void aKickThatWasSignalledBeforeSharingIsStillDelivered() {
        vm.setCollision((old, added) -> old.address() == added.address());
        register(registrar, "q0", 4, 0, Fallback.SHARED);
        loop.executeAndWait(() -> {
            // The loop is busy here, so the signal is still in the eventfd when the binding is replaced.
            vm.store(ADDRESS, 4, 0);
            register(registrar, "q1", 4, 1, Fallback.SHARED);
        });

        assertEquals(List.of("q0"), rings);
    }

    @Test
    void whenTheWildcardIsRefusedTooTheFirstStaysAndTheSecondTakesTheExit() {
        vm.setCollision((old, added) -> old.address() == added.address());
        vm.refuseWildcards();
        Doorbell first = register(registrar, "q0", 4, 0, Fallback.SHARED);
        Doorbell second = register(registrar, "q1", 4, 1, Fallback.SHARED);

        assertEquals(List.of(first.key()), vm.doorbells());
        assertStatus(first, DoorbellPath.KERNEL, "", 0, 0);
        assertEquals(DoorbellPath.USERSPACE, second.status().path());
        vm.store(ADDRESS, 4, 0);
        registrar.flush();
        assertEquals(List.of("q0"), rings);
    }

    @Test
    void userDoorbellsAreNeverSharedSoThatCountsStayRight() {
        vm.setCollision((old, added) -> old.address() == added.address());
        Doorbell first = register(registrar, "one", 4, 1, Fallback.USERSPACE);
        Doorbell second = register(registrar, "two", 4, 2, Fallback.USERSPACE);

        assertTrue(vm.store(ADDRESS, 4, 1));
        second.ringFromUserspace();
        registrar.flush();
        assertStatus(first, DoorbellPath.KERNEL, "", 1, 0);
        assertStatus(
                second, DoorbellPath.USERSPACE, "the driver takes only one doorbell at this address (EEXIST)", 0, 1);
    }

    @Test
    void aUserDoorbellDoesNotMakeQueuesShare() {
        vm.setCollision((old, added) -> old.address() == added.address());
        Doorbell queue = register(registrar, "q0", 4, 0, Fallback.SHARED);
        Doorbell user = register(registrar, "user", 4, 1, Fallback.USERSPACE);

        assertEquals(DoorbellPath.KERNEL, queue.status().path());
        assertEquals(DoorbellPath.USERSPACE, user.status().path());
    }

    @ParameterizedTest
    @EnumSource(
            value = Errno.class,
            names = {"ENOTTY", "EOPNOTSUPP", "ENOSYS"})
    void aDriverWithoutDoorbellsMeansTheExit(Errno errno) {
        vm.refuseDoorbells(errno);
        Doorbell doorbell = register(registrar, "a", 4, 1, Fallback.SHARED);
        doorbell.ringFromUserspace();
        registrar.flush();

        assertStatus(
                doorbell,
                DoorbellPath.USERSPACE,
                "the driver has no doorbells: " + Errno.describe(errno.number()),
                0,
                1);
    }

    @ParameterizedTest
    @CsvSource({"ENOMEM", "ENOSPC", "EINVAL"})
    void anotherErrorIsNotHidden(Errno errno) {
        vm.refuseDoorbells(errno);

        SyscallException e =
                assertThrows(SyscallException.class, () -> register(registrar, "a", 4, 1, Fallback.SHARED));
        assertEquals(errno.number(), e.errno());
        assertEquals(List.of(), registrar.doorbells());
    }

    @Test
    void theUserspacePathCanBeForced() {
        DoorbellRegistrar forced = new DoorbellRegistrar("demo", vm, loop, true);
        Doorbell doorbell = register(forced, "a", 4, 1, Fallback.SHARED);
        doorbell.ringFromUserspace();
        forced.flush();

        assertEquals(List.of(), vm.doorbells());
        assertEquals(List.of("a"), rings);
        assertStatus(doorbell, DoorbellPath.USERSPACE, "the user-space path was asked for", 0, 1);
    }

    @Test
    void closingRemovesEveryDoorbellAndThenThereIsSilence() {
        register(registrar, "a", 4, 1, Fallback.SHARED);
        register(registrar, "b", 4, 2, Fallback.SHARED);
        vm.store(ADDRESS, 4, 1);
        registrar.close();

        assertEquals(List.of(), vm.doorbells());
        assertEquals(List.of("a"), rings);
        loop.executeAndWait(() -> {});
        assertEquals(List.of("a"), rings);
    }

    @Test
    void manyRingsFromUserspaceAreAllCountedButNeedFewTasks() {
        DoorbellRegistrar forced = new DoorbellRegistrar("demo", vm, loop, true);
        Doorbell doorbell = register(forced, "a", 4, 1, Fallback.SHARED);
        loop.executeAndWait(() -> {
            for (int i = 0; i < 10_000; i++) {
                doorbell.ringFromUserspace();
            }
        });
        forced.flush();

        assertEquals(List.of("a"), rings);
        assertEquals(10_000, doorbell.status().userspaceRings());
    }

    private Doorbell register(DoorbellRegistrar target, String name, int length, long match, Fallback fallback) {
        DoorbellKey key = new DoorbellKey(ADDRESS, length, OptionalLong.of(match));
        return target.register(new DoorbellRequest(name, key, fallback, (doorbell, count) -> rings.add(name)));
    }

    private static void assertStatus(Doorbell doorbell, DoorbellPath path, String reason, long kernel, long userspace) {
        DoorbellStatus status = doorbell.status();
        assertEquals(path, status.path());
        assertEquals(reason, status.reason());
        assertEquals(kernel, status.kernelRings());
        assertEquals(userspace, status.userspaceRings());
    }
}
