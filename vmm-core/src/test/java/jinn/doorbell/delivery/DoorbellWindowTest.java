package jinn.doorbell.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import jinn.doorbell.delivery.DoorbellRequest.Fallback;
import jinn.event.EventLoop;
import jinn.hypervisor.DoorbellKey;
import jinn.testing.FakeVm;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DoorbellWindowTest {

    private static final long BASE = 0x0b00_0000L;

    private final List<String> warnings = new ArrayList<>();

    @AutoClose
    private final EventLoop loop = EventLoop.start("test-loop", failure -> warnings.add("failure " + failure));

    private final DoorbellRegistrar registrar = new DoorbellRegistrar("demo", new FakeVm(), loop, true);
    private final List<Doorbell> doorbells = List.of(
            register("two", 0x10, 4, OptionalLong.of(2)),
            register("any-length", 0x20, 0, OptionalLong.empty()),
            register("one", 0x10, 4, OptionalLong.of(1)),
            register("wild", 0x00, 4, OptionalLong.empty()),
            register("byte", 0x10, 1, OptionalLong.of(1)));
    private final DoorbellWindow window = new DoorbellWindow(BASE, doorbells, new WarningLimiter(warnings::add));

    @ParameterizedTest
    @CsvSource({
        // offset, size, value, the doorbell that rings
        "0x00, 4, 77, wild",
        "0x00, 2, 77, ",
        "0x10, 4, 1,  one",
        "0x10, 4, 2,  two",
        "0x10, 4, 3,  ",
        "0x10, 1, 1,  byte",
        "0x10, 2, 1,  ",
        "0x14, 4, 1,  ",
        "0x20, 1, 9,  any-length",
        "0x20, 8, -1, any-length",
        "0x21, 1, 9,  ",
    })
    void aStoreRingsTheOneDoorbellThatMatches(String offset, int size, long value, String expected) {
        window.write(Long.decode(offset), size, value);
        loop.executeAndWait(() -> {});

        List<String> rung = doorbells.stream()
                .map(Doorbell::status)
                .filter(status -> status.userspaceRings() == 1)
                .map(status -> status.name())
                .toList();
        assertEquals(expected == null ? List.of() : List.of(expected), rung);
        assertEquals(expected == null ? 1 : 0, window.unmatchedStores());
        assertEquals(expected == null ? 1 : 0, warnings.size());
    }

    @Test
    void aLoadGivesZeroAndRingsNothing() {
        assertEquals(0, window.read(0x00, 4));
        loop.executeAndWait(() -> {});

        assertEquals(0, doorbells.get(3).status().userspaceRings());
        assertEquals(List.of(), warnings);
    }

    @Test
    void unmatchedStoresAreAllCountedAndWarnedOfAtALimitedRate() {
        for (int i = 0; i < 10_000; i++) {
            window.write(0x100, 4, 5);
        }

        assertEquals(10_000, window.unmatchedStores());
        assertEquals(
                "the guest stored 0x5 to 0x0b000100/4 in the doorbell window, where no doorbell matches",
                warnings.getFirst());
        assertTrue(warnings.size() < 100, () -> warnings.size() + " warnings");
    }

    private Doorbell register(String name, long offset, int length, OptionalLong match) {
        DoorbellKey key = new DoorbellKey(BASE + offset, length, match);
        return registrar.register(new DoorbellRequest(name, key, Fallback.USERSPACE, (doorbell, count) -> {}));
    }
}
