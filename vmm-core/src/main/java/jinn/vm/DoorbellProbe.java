package jinn.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import jinn.boot.GuestLayout;
import jinn.error.SyscallException;
import jinn.hypervisor.DoorbellKey;
import jinn.hypervisor.Vm;
import jinn.posix.Errno;
import jinn.posix.EventFd;

/** Finds out which doorbells a driver takes, by asking it for some. */
final class DoorbellProbe {

    private static final String SLOWER = "such a store leaves the vCPU for Jinn, which is slower; nothing else changes";

    private static final DoorbellKey ANY_VALUE = key(0, Integer.BYTES, OptionalLong.empty());
    private static final DoorbellKey ONE_VALUE = key(0x10, Integer.BYTES, OptionalLong.of(1));
    private static final DoorbellKey OTHER_VALUE = key(0x10, Integer.BYTES, OptionalLong.of(2));
    private static final DoorbellKey ANY_LENGTH = key(0x20, 0, OptionalLong.empty());

    private final Vm vm;
    private final EventFd target;

    private DoorbellProbe(Vm vm, EventFd target) {
        this.vm = vm;
        this.target = target;
    }

    /** Asks for doorbells of each sort on a VM that has none, and removes them again. */
    static List<Finding> probe(Vm vm) {
        try (EventFd target = EventFd.create("doctor")) {
            return new DoorbellProbe(vm, target).probe();
        }
    }

    private List<Finding> probe() {
        List<Finding> findings = new ArrayList<>();
        findings.add(finding("doorbells", "any value", List.of(ANY_VALUE)));
        findings.add(finding(
                "by value", "several at one address, told apart by the value", List.of(ONE_VALUE, OTHER_VALUE)));
        findings.add(finding("any length", "stores of any length", List.of(ANY_LENGTH)));
        return findings;
    }

    private Finding finding(String topic, String what, List<DoorbellKey> keys) {
        List<DoorbellKey> taken = new ArrayList<>();
        try {
            for (DoorbellKey key : keys) {
                vm.assignDoorbell(key, target);
                taken.add(key);
            }
            return Finding.good(topic, what + ": by the driver");
        } catch (SyscallException e) {
            return Finding.warning(topic, what + ": refused by the driver: " + Errno.describe(e.errno()), SLOWER);
        } finally {
            taken.forEach(key -> vm.deassignDoorbell(key, target));
        }
    }

    private static DoorbellKey key(long offset, int length, OptionalLong match) {
        return new DoorbellKey(GuestLayout.DOORBELLS + offset, length, match);
    }
}
