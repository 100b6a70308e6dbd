package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What {@code jinn doctor} says where no VM can run; the rest needs the lab. */
final class DoctorCommandTest {

    @Test
    void tellsWhatIsMissingWithItsRemedy() {
        assertTrue(Files.notExists(Path.of("/dev/gzvm")), "this test is for machines without /dev/gzvm");
        Invocation doctor = Invocation.of("doctor");

        assertEquals(1, doctor.exitCode());
        assertEquals("", doctor.err());
        assertTrue(doctor.out().contains("""
                BAD   device         /dev/gzvm does not exist
                                      -> load gzvm.ko on an arm64 host that runs under GenieZone or gzhyp
                """), doctor.out());
        long remedies = doctor.out().lines().filter(line -> line.contains("->")).count();
        long complaints = doctor.out()
                .lines()
                .filter(line -> line.matches("(BAD|warn) .*"))
                .count();
        assertEquals(complaints, remedies, doctor.out());
        assertTrue(doctor.out().endsWith("This host cannot run VMs.\n"), doctor.out());
        assertFalse(doctor.out().contains("\u001b"), "colours where no terminal is");
    }

    @Test
    void printsOneJsonObject() {
        Invocation doctor = Invocation.of("doctor", "--json");

        assertEquals(1, doctor.exitCode());
        assertTrue(doctor.out().startsWith("{"), doctor.out());
        assertTrue(doctor.out().contains("\"healthy\" : false"), doctor.out());
        assertTrue(doctor.out().contains("\"text\" : \"/dev/gzvm does not exist\""), doctor.out());
    }
}
