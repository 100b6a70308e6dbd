package jinn.hypervisor;

/** Why a vCPU came back to user space. */
public sealed interface VcpuExit {

    /** What the exits are counted by. */
    enum Kind {
        MMIO,
        INTERRUPTED,
        SYSTEM_EVENT,
        HYPERCALL,
        EXCEPTION,
        FAIL_ENTRY,
        INTERNAL_ERROR,
        OTHER
    }

    /** Returns what this exit is counted by. */
    Kind kind();

    /** A guest load, or a store that no doorbell took. One object a vCPU, refilled at each exit. */
    final class Mmio implements VcpuExit {

        private long address;
        private int size;
        private boolean write;
        private long value;

        /** Describes one access. {@code value} is a store's, zero-extended; 0 for a load. */
        public Mmio set(long address, int size, boolean write, long value) {
            this.address = address;
            this.size = size;
            this.write = write;
            this.value = value;
            return this;
        }

        /** Returns the low {@code size} bytes of what a hypervisor gave as a store's value. */
        static long zeroExtend(long value, int size) {
            return size == Long.BYTES ? value : value & ((1L << (size * Byte.SIZE)) - 1);
        }

        /** Returns the guest-physical address. */
        public long address() {
            return address;
        }

        /** Returns the width in bytes: 1, 2, 4 or 8. */
        public int size() {
            return size;
        }

        /** Returns whether it is a store. */
        public boolean isWrite() {
            return write;
        }

        /** Returns the stored value, zero-extended; 0 for a load. */
        public long value() {
            return value;
        }

        @Override
        public Kind kind() {
            return Kind.MMIO;
        }
    }

    /** Nothing happened in the guest: a signal, a requested exit, or an exit that older drivers show. Run again. */
    record Interrupted() implements VcpuExit {
        @Override
        public Kind kind() {
            return Kind.INTERRUPTED;
        }
    }

    /** The guest asked for something that concerns the whole machine. */
    record SystemEvent(SystemEventType type) implements VcpuExit {
        @Override
        public Kind kind() {
            return Kind.SYSTEM_EVENT;
        }
    }

    /** What a {@link SystemEvent} is. */
    enum SystemEventType {
        POWER_OFF,
        RESET,
        CRASH,
        UNSUPPORTED
    }

    /** A guest hypercall that nobody below served. */
    record Hypercall(long function) implements VcpuExit {
        @Override
        public Kind kind() {
            return Kind.HYPERCALL;
        }
    }

    /** The vCPU cannot go on; {@code reason} says why in words. */
    record Failure(Kind kind, String reason) implements VcpuExit {}
}
