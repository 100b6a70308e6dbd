package jinn.hypervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jinn.hypervisor.VcpuExit.Failure;
import jinn.hypervisor.VcpuExit.Kind;
import jinn.hypervisor.VcpuExit.SystemEvent;
import jinn.hypervisor.VcpuExit.SystemEventType;
import jinn.testing.AllocationMeter;
import jinn.uapi.kvm.RunLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Run pages as the kernel would leave them: struct kvm_run of linux/kvm.h, by its offsets. */
final class KvmRunPageTest {

    private static final long IMMEDIATE_EXIT = 1;
    private static final long EXIT_REASON = 8;
    private static final long UNION = 32;

    private final MemorySegment memory = Arena.ofAuto().allocate(RunLayout.LAYOUT);
    private final KvmRunPage page = new KvmRunPage(memory);

    @ParameterizedTest
    @CsvSource({"1, 0x88", "2, 0x7788", "4, 0x55667788", "8, 0x1122334455667788"})
    void aStoreHasItsAddressItsWidthAndThatManyBytesOfItsValue(int size, String value) {
        VcpuExit.Mmio access = access(0x0b00_0010L, 0x1122_3344_5566_7788L, size, true);

        assertEquals(0x0b00_0010L, access.address());
        assertEquals(size, access.size());
        assertTrue(access.isWrite());
        assertEquals(Long.decode(value), access.value());
    }

    @Test
    void aLoadHasNoValueAndTakesTheOneItIsGiven() {
        VcpuExit.Mmio access = access(0x0900_0018L, -1, 4, false);
        assertFalse(access.isWrite());
        assertEquals(0, access.value());

        page.setLoadResult(0x90);
        assertEquals(0x90, memory.get(ValueLayout.JAVA_LONG, UNION + 8));
    }

    @Test
    void anAccessMakesNoObject() {
        AllocationMeter meter = new AllocationMeter();
        Runnable accesses = () -> {
            for (int i = 0; i < 20_000; i++) {
                access(0x0b00_0000L + i, i, 4, true);
            }
        };
        accesses.run();
        assertSame(page.exit(), page.exit());
        assertTrue(meter.bytesOf(accesses) < 20_000, "an object for each access");
    }

    @Test
    void anAccessOfAnUnknownWidthIsAFailure() {
        exit(6).set(ValueLayout.JAVA_INT, UNION + 16, 3);
        assertEquals(new Failure(Kind.MMIO, "KVM gave an access of 3 bytes, allowed are 1, 2, 4, 8"), page.exit());
    }

    @ParameterizedTest
    @CsvSource({"1, POWER_OFF", "2, RESET", "3, CRASH", "4, UNSUPPORTED", "5, UNSUPPORTED"})
    void aSystemEventIsWhatTheGuestAskedFor(int number, SystemEventType type) {
        exit(24).set(ValueLayout.JAVA_INT, UNION, number);
        assertEquals(new SystemEvent(type), page.exit());
    }

    @Test
    void aSignalIsNoEventOfTheGuest() {
        exit(10);
        assertEquals(new VcpuExit.Interrupted(), page.exit());
    }

    @Test
    void failuresSayWhatTheKernelKnows() {
        MemorySegment run = exit(9);
        run.set(ValueLayout.JAVA_LONG, UNION, 0xabcL);
        run.set(ValueLayout.JAVA_INT, UNION + 8, 3);
        assertEquals(
                new Failure(Kind.FAIL_ENTRY, "host core 3 refused to enter the guest (reason 0xabc)"), page.exit());

        exit(17).set(ValueLayout.JAVA_INT, UNION, 4);
        assertEquals(new Failure(Kind.INTERNAL_ERROR, "KVM failed (internal error 4)"), page.exit());

        exit(28).set(ValueLayout.JAVA_LONG, UNION, 0x45L);
        run.set(ValueLayout.JAVA_LONG, UNION + 8, 0x0b00_0000L);
        assertEquals(
                new Failure(
                        Kind.EXCEPTION,
                        "the guest used an instruction on 0xb000000, where no memory is, that the processor does not"
                                + " describe (ESR 0x00000045)"),
                page.exit());

        exit(99);
        assertEquals(new Failure(Kind.OTHER, "KVM gave the unknown exit reason 99"), page.exit());
    }

    @Test
    void anExitIsAskedForAndNoMore() {
        page.setImmediateExit(true);
        assertEquals(1, memory.get(ValueLayout.JAVA_BYTE, IMMEDIATE_EXIT));
        page.setImmediateExit(false);
        assertEquals(0, memory.get(ValueLayout.JAVA_BYTE, IMMEDIATE_EXIT));
    }

    private VcpuExit.Mmio access(long address, long data, int size, boolean write) {
        MemorySegment run = exit(6);
        run.set(ValueLayout.JAVA_LONG, UNION, address);
        run.set(ValueLayout.JAVA_LONG, UNION + 8, data);
        run.set(ValueLayout.JAVA_INT, UNION + 16, size);
        run.set(ValueLayout.JAVA_BYTE, UNION + 20, (byte) (write ? 1 : 0));
        return (VcpuExit.Mmio) page.exit();
    }

    private MemorySegment exit(int reason) {
        memory.set(ValueLayout.JAVA_INT, EXIT_REASON, reason);
        return memory;
    }
}
