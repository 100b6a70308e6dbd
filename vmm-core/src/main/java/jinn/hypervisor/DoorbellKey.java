package jinn.hypervisor;

import java.util.OptionalLong;

/**
 * What identifies a doorbell: the guest stores that ring it.
 *
 * @param address guest-physical address of the store; only a store to exactly this address rings
 * @param length width of the store in bytes: 1, 2, 4, 8, or 0 for any
 * @param match the stored value that rings, zero-extended; empty means any value
 */
public record DoorbellKey(long address, int length, OptionalLong match) {

    /** Returns whether a store rings this doorbell. */
    public boolean matches(long storeAddress, int storeSize, long storeValue) {
        return address == storeAddress
                && (length == 0 || length == storeSize)
                && (match.isEmpty() || match.getAsLong() == storeValue);
    }

    /** Returns whether some store would ring both; the driver refuses the second of two such doorbells with EEXIST. */
    public boolean collidesWith(DoorbellKey other) {
        return address == other.address && (length == 0 || other.length == 0 || valuesCollide(other));
    }

    private boolean valuesCollide(DoorbellKey other) {
        return length == other.length && (match.isEmpty() || other.match.isEmpty() || match.equals(other.match));
    }

    /** Returns the same stores with any value. */
    public DoorbellKey wildcard() {
        return new DoorbellKey(address, length, OptionalLong.empty());
    }

    /** Returns the value as text: {@code 0x1}, or {@code *} for any. */
    public String matchText() {
        return match.isEmpty() ? "*" : "0x" + Long.toHexString(match.getAsLong());
    }

    /** Returns, for example, {@code 0x0b000000/4 data 0x1}. */
    @Override
    public String toString() {
        return String.format("0x%08x/%d data %s", address, length, matchText());
    }
}
