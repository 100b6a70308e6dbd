package jinn.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import jinn.boot.GuestLayout;

/** Reads the doorbells, and finds those that collide with the machine or with each other. */
final class DoorbellReader {

    private final Problems problems;
    private final ActionReader actions;
    private final List<GuestMap.Range> machine;
    private final List<DoorbellConfig> doorbells = new ArrayList<>();
    private final Map<String, JsonPath> pathsByName = new HashMap<>();
    private final DoorbellIndex index = new DoorbellIndex();

    DoorbellReader(Path description, Problems problems, List<GuestMap.Range> machine) {
        this.actions = new ActionReader(description, problems);
        this.problems = problems;
        this.machine = machine;
    }

    List<DoorbellConfig> read(List<JsonValue> elements) {
        for (JsonValue element : elements) {
            ObjectReader.of(element, problems)
                    .ifPresent(reader -> doorbell(reader)
                            .ifPresent(doorbell ->
                                    add(reader, doorbell, element.place().path())));
        }
        return doorbells;
    }

    private Optional<DoorbellConfig> doorbell(ObjectReader reader) {
        reader.require("name", "a string");
        reader.require("address", "a hex string, as in \"0x0b000000\"");
        reader.require("length", "1, 2, 4 or 8 bytes, or 0 for a store of any length");
        Optional<String> name = reader.text("name");
        OptionalLong address = reader.address("address");
        OptionalInt length = reader.integer("length");
        OptionalLong match = reader.data("match");
        Optional<JsonValue> named = reader.value("action");
        Optional<DoorbellAction> action =
                named.isPresent() ? actions.read(named.get()) : Optional.of(new DoorbellAction.Count());
        reader.finish();
        boolean matchIsReadable = match.isPresent() || !reader.has("match");
        if (name.isEmpty() || address.isEmpty() || length.isEmpty() || !matchIsReadable) {
            return Optional.empty();
        }
        List<Violation> violations = Rules.doorbell(name.get(), address.getAsLong(), length.getAsInt(), match);
        reader.report(violations);
        return violations.isEmpty() && action.isPresent()
                ? Optional.of(new DoorbellConfig(
                        name.get(), address.getAsLong(), length.getAsInt(), match, action.orElseThrow()))
                : Optional.empty();
    }

    private void add(ObjectReader reader, DoorbellConfig doorbell, JsonPath path) {
        JsonPath earlierPath = pathsByName.put(doorbell.name(), path);
        if (earlierPath != null) {
            reader.report(List.of(new Violation(
                    "name", Quoting.quote(doorbell.name()), "must be unique, but " + earlierPath + " has it too")));
        }
        index.add(doorbell)
                .ifPresent(other -> refuseAddress(
                        reader,
                        doorbell,
                        "cannot be told apart from " + shown(other)
                                + ": must differ in address, in length (not 0), or in match"));
        GuestMap.ownerOf(doorbell, machine)
                .ifPresent(range -> refuseAddress(reader, doorbell, "must not lie on " + range.shown() + free()));
        doorbells.add(doorbell);
    }

    private static String free() {
        return "; free for doorbells is " + Scalars.showAddress(GuestLayout.DOORBELLS) + "-"
                + Scalars.showAddress(GuestLayout.DOORBELLS + GuestLayout.DOORBELLS_BYTES - 1);
    }

    private static void refuseAddress(ObjectReader reader, DoorbellConfig doorbell, String rule) {
        reader.report(List.of(
                new Violation("address", Scalars.showAddress(doorbell.address()), shown(doorbell) + " " + rule)));
    }

    /** Returns for example {@code doorbell "demo" at 0x0b000000-0x0b000003 for 0x1}. */
    private static String shown(DoorbellConfig doorbell) {
        String address = Scalars.showAddress(doorbell.address());
        String range = doorbell.length() == 0
                ? address + " for any length"
                : address + "-" + Scalars.showAddress(doorbell.address() + doorbell.length() - 1);
        return "doorbell " + Quoting.quote(doorbell.name()) + " at " + range
                + (doorbell.match().isPresent()
                        ? " for 0x" + Long.toHexString(doorbell.match().getAsLong())
                        : "");
    }
}
