package jinn.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import jinn.posix.Errno;
import jinn.testing.FakeVm;
import org.junit.jupiter.api.Test;

final class DoorbellProbeTest {

    private final FakeVm vm = new FakeVm();

    @Test
    void findsAllThatJinnsDriverTakesAndLeavesNothingBehind() {
        assertEquals(
                List.of(
                        Finding.good("doorbells", "any value: by the driver"),
                        Finding.good("by value", "several at one address, told apart by the value: by the driver"),
                        Finding.good("any length", "stores of any length: by the driver")),
                DoorbellProbe.probe(vm));
        assertEquals(List.of(), vm.doorbells());
    }

    @Test
    void findsThatADriverTakesOneDoorbellAtAnAddress() {
        vm.setCollision((old, key) -> old.address() == key.address());
        List<Finding> findings = DoorbellProbe.probe(vm);

        assertEquals(Finding.Verdict.GOOD, findings.get(0).verdict());
        assertEquals(Finding.Verdict.WARNING, findings.get(1).verdict());
        assertTrue(findings.get(1).text().contains("EEXIST"), findings::toString);
        assertEquals(Finding.Verdict.GOOD, findings.get(2).verdict());
        assertEquals(List.of(), vm.doorbells());
    }

    @Test
    void findsThatADriverHasNoDoorbells() {
        vm.refuseDoorbells(Errno.ENOTTY);
        DoorbellProbe.probe(vm).forEach(finding -> {
            assertEquals(Finding.Verdict.WARNING, finding.verdict());
            assertTrue(finding.text().contains("ENOTTY"), finding::text);
        });
    }
}
