package jinn.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Finds the doorbell that a new one cannot be told apart from, in a time that does not grow with their number.
 *
 * <p>Two doorbells collide when they have the same address and either has length 0, or the lengths are equal and either
 * is a wildcard or the values are equal. Doorbells with different start addresses never collide: a store rings those at
 * its own address only.
 */
final class DoorbellIndex {

    private record AtLength(long address, int length) {}

    private record AtValue(AtLength place, OptionalLong match) {}

    private final Map<Long, DoorbellConfig> byAddress = new HashMap<>();
    private final Map<AtLength, DoorbellConfig> byLength = new HashMap<>();
    private final Map<AtValue, DoorbellConfig> byValue = new HashMap<>();

    /** Adds the doorbell and returns an earlier one that it collides with. */
    Optional<DoorbellConfig> add(DoorbellConfig doorbell) {
        AtLength place = new AtLength(doorbell.address(), doorbell.length());
        Optional<DoorbellConfig> earlier = earlier(doorbell, place);
        byAddress.putIfAbsent(doorbell.address(), doorbell);
        byLength.putIfAbsent(place, doorbell);
        byValue.putIfAbsent(new AtValue(place, doorbell.match()), doorbell);
        return earlier;
    }

    private Optional<DoorbellConfig> earlier(DoorbellConfig doorbell, AtLength place) {
        if (doorbell.length() == 0) {
            return Optional.ofNullable(byAddress.get(doorbell.address()));
        }
        return Optional.ofNullable(byLength.get(new AtLength(doorbell.address(), 0)))
                .or(() -> Optional.ofNullable(byValue.get(new AtValue(place, OptionalLong.empty()))))
                .or(() -> Optional.ofNullable(
                        doorbell.match().isEmpty()
                                ? byLength.get(place)
                                : byValue.get(new AtValue(place, doorbell.match()))));
    }
}
