package jinn.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import jinn.error.GuestFaultException;

/**
 * The guest's RAM, addressed by guest-physical address.
 *
 * <p>Each access is checked against the regions and, if it does not lie inside one region, refused with a {@link
 * GuestFaultException}. Two regions that touch are still two regions: an access across their border is refused. Values
 * are little-endian, as virtio 1.2 section 1.4 wants them. Plain accesses need no alignment and promise no atomicity;
 * the acquire and release accesses need natural alignment and are single-copy atomic.
 *
 * <p>Safe from any thread. Does not own the host memory: whoever made the segments releases them, after the last user
 * of this object has gone.
 */
public final class GuestMemory {

    /** Start and host address of a region are multiples of this, so that both sides agree on alignment. */
    public static final long REGION_ALIGNMENT_BYTES = 4096;

    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle ATOMIC_U16 =
            ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
    private static final VarHandle ATOMIC_U32 =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

    /**
     * A range of guest-physical addresses and the host memory behind it.
     *
     * @param guestAddress guest-physical address of the first byte, a multiple of {@link #REGION_ALIGNMENT_BYTES}
     * @param host the memory, at a host-virtual address with the same alignment; reachable from every thread that uses
     *     the region
     */
    public record Region(long guestAddress, MemorySegment host) {

        /** Checks the alignment and that the range does not wrap around the address space. */
        public Region {
            if (guestAddress < 0
                    || guestAddress % REGION_ALIGNMENT_BYTES != 0
                    || host.address() % REGION_ALIGNMENT_BYTES != 0) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "cannot map guest memory at 0x%x to host address 0x%x: both must be multiples of %d",
                        guestAddress,
                        host.address(),
                        REGION_ALIGNMENT_BYTES));
            }
            if (host.byteSize() == 0 || guestAddress > Long.MAX_VALUE - host.byteSize()) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "cannot map %d bytes of guest memory at 0x%x: empty or beyond the address space",
                        host.byteSize(),
                        guestAddress));
            }
        }

        /** Returns the guest-physical address after the last byte. */
        public long end() {
            return guestAddress + host.byteSize();
        }
    }

    private final Region[] regions;

    /* The regions' start addresses and sizes once more: every request is checked against them. */
    private final long[] starts;
    private final long[] sizes;

    /**
     * Joins regions to one memory.
     *
     * @param regions at least one; any order; they must not overlap
     */
    public GuestMemory(List<Region> regions) {
        if (regions.isEmpty()) {
            throw new IllegalArgumentException("cannot make guest memory of no regions");
        }
        this.regions = regions.stream()
                .sorted(Comparator.comparingLong(Region::guestAddress))
                .toArray(Region[]::new);
        for (int i = 1; i < this.regions.length; i++) {
            if (this.regions[i - 1].end() > this.regions[i].guestAddress()) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "cannot join guest memory regions: 0x%x lies in the region before it, which ends at 0x%x",
                        this.regions[i].guestAddress(),
                        this.regions[i - 1].end()));
            }
        }
        starts = Arrays.stream(this.regions).mapToLong(Region::guestAddress).toArray();
        sizes = Arrays.stream(this.regions)
                .mapToLong(region -> region.host().byteSize())
                .toArray();
    }

    /** Returns the regions in ascending order of their guest-physical address. */
    public List<Region> regions() {
        return List.of(regions);
    }

    /**
     * Refuses a range that is not wholly inside one region.
     *
     * @param address guest-physical address of the first byte, as the guest gave it
     * @param length number of bytes
     * @throws GuestFaultException if any byte lies outside
     */
    public void check(long address, long length) {
        indexOf(address, length);
    }

    /** Reads the byte at a guest-physical address, zero-extended. */
    public int readU8(long address) {
        Region region = regionOf(address, 1);
        return Byte.toUnsignedInt(region.host().get(ValueLayout.JAVA_BYTE, address - region.guestAddress()));
    }

    /** Reads the 16-bit value at a guest-physical address, zero-extended. */
    public int readU16(long address) {
        Region region = regionOf(address, Short.BYTES);
        return Short.toUnsignedInt(region.host().get(U16, address - region.guestAddress()));
    }

    /** Reads the 32-bit value at a guest-physical address, zero-extended. */
    public long readU32(long address) {
        Region region = regionOf(address, Integer.BYTES);
        return Integer.toUnsignedLong(region.host().get(U32, address - region.guestAddress()));
    }

    /** Reads the 64-bit value at a guest-physical address. */
    public long readU64(long address) {
        Region region = regionOf(address, Long.BYTES);
        return region.host().get(U64, address - region.guestAddress());
    }

    /** Writes the low 8 bits of {@code value} to a guest-physical address. */
    public void writeU8(long address, int value) {
        Region region = regionOf(address, 1);
        region.host().set(ValueLayout.JAVA_BYTE, address - region.guestAddress(), (byte) value);
    }

    /** Writes the low 16 bits of {@code value} to a guest-physical address. */
    public void writeU16(long address, int value) {
        Region region = regionOf(address, Short.BYTES);
        region.host().set(U16, address - region.guestAddress(), (short) value);
    }

    /** Writes the low 32 bits of {@code value} to a guest-physical address. */
    public void writeU32(long address, long value) {
        Region region = regionOf(address, Integer.BYTES);
        region.host().set(U32, address - region.guestAddress(), (int) value);
    }

    /** Writes {@code value} to a guest-physical address. */
    public void writeU64(long address, long value) {
        Region region = regionOf(address, Long.BYTES);
        region.host().set(U64, address - region.guestAddress(), value);
    }

    /**
     * Reads a 16-bit value; no later access of this thread happens before it.
     *
     * @param address guest-physical address, a multiple of 2
     */
    public int acquireU16(long address) {
        Region region = alignedRegionOf(address, Short.BYTES);
        return Short.toUnsignedInt((short) ATOMIC_U16.getAcquire(region.host(), address - region.guestAddress()));
    }

    /**
     * Writes a 16-bit value; every earlier access of this thread happens before it.
     *
     * @param address guest-physical address, a multiple of 2
     * @param value its low 16 bits are written
     */
    public void releaseU16(long address, int value) {
        Region region = alignedRegionOf(address, Short.BYTES);
        ATOMIC_U16.setRelease(region.host(), address - region.guestAddress(), (short) value);
    }

    /**
     * Reads a 32-bit value, zero-extended; no later access of this thread happens before it.
     *
     * @param address guest-physical address, a multiple of 4
     */
    public long acquireU32(long address) {
        Region region = alignedRegionOf(address, Integer.BYTES);
        return Integer.toUnsignedLong((int) ATOMIC_U32.getAcquire(region.host(), address - region.guestAddress()));
    }

    /**
     * Writes a 32-bit value; every earlier access of this thread happens before it.
     *
     * @param address guest-physical address, a multiple of 4
     * @param value its low 32 bits are written
     */
    public void releaseU32(long address, long value) {
        Region region = alignedRegionOf(address, Integer.BYTES);
        ATOMIC_U32.setRelease(region.host(), address - region.guestAddress(), (int) value);
    }

    /** Copies {@code length} bytes from a guest-physical address into an array. */
    public void copyFrom(long address, byte[] target, int targetOffset, int length) {
        Region region = regionOf(address, length);
        MemorySegment.copy(
                region.host(), ValueLayout.JAVA_BYTE, address - region.guestAddress(), target, targetOffset, length);
    }

    /** Copies {@code length} bytes of an array to a guest-physical address. */
    public void copyTo(long address, byte[] source, int sourceOffset, int length) {
        Region region = regionOf(address, length);
        MemorySegment.copy(
                source, sourceOffset, region.host(), ValueLayout.JAVA_BYTE, address - region.guestAddress(), length);
    }

    /** Copies {@code length} bytes from a guest-physical address into host memory. */
    public void copyFrom(long address, MemorySegment target, long targetOffset, long length) {
        Region region = regionOf(address, length);
        MemorySegment.copy(region.host(), address - region.guestAddress(), target, targetOffset, length);
    }

    /** Copies {@code length} bytes of host memory to a guest-physical address. */
    public void copyTo(long address, MemorySegment source, long sourceOffset, long length) {
        Region region = regionOf(address, length);
        MemorySegment.copy(source, sourceOffset, region.host(), address - region.guestAddress(), length);
    }

    /**
     * Returns the host memory behind a range, for bulk transfers such as reading a file into RAM. The guest can change
     * its content at any time.
     */
    public MemorySegment slice(long address, long length) {
        Region region = regionOf(address, length);
        return region.host().asSlice(address - region.guestAddress(), length);
    }

    /**
     * Returns a window on a range, for many accesses with one check.
     *
     * @throws GuestFaultException if any byte lies outside
     */
    public GuestWindow window(long address, long length) {
        return new GuestWindow(slice(address, length));
    }

    /** Adds a range to a list for the kernel to transfer; it must have room. Allocates nothing. */
    public void addTo(IoVector vector, long address, long length) {
        Region region = regionOf(address, length);
        vector.add(region.host().address() + (address - region.guestAddress()), length);
    }

    private Region regionOf(long address, long length) {
        return regions[indexOf(address, length)];
    }

    /** Returns the region that all the bytes lie in, for any two 64-bit values. */
    private int indexOf(long address, long length) {
        for (int i = 0; i < starts.length; i++) {
            long offset = address - starts[i];
            // Neither is negative; a length beyond the size makes the right side negative.
            if ((offset | length) >= 0 && offset <= sizes[i] - length) {
                return i;
            }
        }
        throw outside(address, length);
    }

    private GuestFaultException outside(long address, long length) {
        return new GuestFaultException(String.format(
                Locale.ROOT,
                "%s bytes at 0x%x are not in guest memory (%s)",
                Long.toUnsignedString(length),
                address,
                ranges()));
    }

    private Region alignedRegionOf(long address, int length) {
        if ((address & (length - 1)) != 0) {
            throw new GuestFaultException(
                    String.format(Locale.ROOT, "guest memory address 0x%x is not a multiple of %d", address, length));
        }
        return regionOf(address, length);
    }

    private String ranges() {
        StringBuilder text = new StringBuilder();
        for (Region region : regions) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(String.format(Locale.ROOT, "0x%x-0x%x", region.guestAddress(), region.end() - 1));
        }
        return text.toString();
    }
}
