package jinn.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an examination finds on a machine without the driver; the rest needs the lab. */
final class HostExaminationTest {

    @Test
    void tellsOfEverythingOnAMachineWithoutTheDriver() {
        assertTrue(Files.notExists(Path.of("/dev/gzvm")), "this test is for machines without /dev/gzvm");
        assertEquals("amd64", System.getProperty("os.arch"), "this test is for machines that run no arm64 guests");
        List<Finding> findings = HostExamination.examine();

        assertEquals(
                List.of("platform", "java", "device", "device", "open files", "locked memory"),
                findings.stream().map(Finding::topic).toList());
        assertEquals(
                Finding.bad(
                        "device",
                        "/dev/gzvm does not exist",
                        "load gzvm.ko on an arm64 host that runs under GenieZone or gzhyp"),
                findings.get(2));
        assertEquals(
                Files.exists(Path.of("/dev/kvm"))
                        ? Finding.bad("device", "/dev/kvm of linux/amd64 runs no arm64 guests", "use an arm64 host")
                        : Finding.bad(
                                "device",
                                "/dev/kvm does not exist",
                                "use an arm64 host whose kernel has KVM and was entered at EL2"),
                findings.get(3));
        findings.forEach(finding -> assertEquals(
                finding.verdict() == Finding.Verdict.GOOD, finding.remedy().isEmpty(), finding::toString));
        findings.forEach(finding -> assertFalse(finding.text().isEmpty(), finding::toString));
    }
}
