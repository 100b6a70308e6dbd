package jinn.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the doorbell that a new one cannot be told apart from, in a time that does not grow with their number.
 *
 * <p>Two doorbells collide when they have the same address and either has length 0, or the lengths are equal and either
 * is a wildcard or the values are equal. Doorbells with different start addresses never collide: a store rings those at
 * its own address only.
 */
final class DoorbellIndex {

    /** The doorbells at one address. Records as keys would have their hash codes made at run time. */
    private static final class Address {
        DoorbellConfig first;
        final Map<Integer, Length> lengths = new HashMap<>();
    }

    /** The doorbells of one length at one address. */
    private static final class Length {
        DoorbellConfig first;
        DoorbellConfig wildcard;
        final Map<Long, DoorbellConfig> byValue = new HashMap<>();
    }

    private final Map<Long, Address> addresses = new HashMap<>();

    /** Adds the doorbell and returns an earlier one that it collides with. */
    Optional<DoorbellConfig> add(DoorbellConfig doorbell) {
        Address address = addresses.computeIfAbsent(doorbell.address(), key -> new Address());
        Optional<DoorbellConfig> earlier = Optional.ofNullable(earlier(doorbell, address));
        if (address.first == null) {
            address.first = doorbell;
        }
        put(doorbell, address.lengths.computeIfAbsent(doorbell.length(), key -> new Length()));
        return earlier;
    }

    private static void put(DoorbellConfig doorbell, Length length) {
        if (length.first == null) {
            length.first = doorbell;
        }
        if (doorbell.match().isPresent()) {
            length.byValue.putIfAbsent(doorbell.match().getAsLong(), doorbell);
        } else if (length.wildcard == null) {
            length.wildcard = doorbell;
        }
    }

    private static DoorbellConfig earlier(DoorbellConfig doorbell, Address address) {
        if (doorbell.length() == 0) {
            return address.first;
        }
        if (address.lengths.containsKey(0)) {
            return address.lengths.get(0).first;
        }
        Length length = address.lengths.get(doorbell.length());
        if (length == null) {
            return null;
        }
        if (length.wildcard != null) {
            return length.wildcard;
        }
        return doorbell.match().isPresent()
                ? length.byValue.get(doorbell.match().getAsLong())
                : length.first;
    }
}
