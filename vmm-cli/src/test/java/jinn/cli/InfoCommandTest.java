package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What {@code jinn info} says where no VM can run; the rest needs the lab. */
final class InfoCommandTest {

    @Test
    void tellsWhyTheHostCannotRunVmsAndFails() {
        assertTrue(Files.notExists(Path.of("/dev/gzvm")), "this test is for machines without /dev/gzvm");
        Invocation info = Invocation.of("info");

        assertEquals(1, info.exitCode());
        for (String name : new String[] {"gzvm", "kvm"}) {
            assertTrue(info.out().lines().anyMatch(line -> line.matches(name + " +cannot .+")), info.out());
        }
        assertEquals("", info.err());
    }

    @Test
    void printsOneJsonObject() {
        Invocation info = Invocation.of("info", "--json");

        assertEquals(1, info.exitCode());
        assertTrue(info.out().startsWith("{"), info.out());
        assertTrue(info.out().contains("\"path\" : \"/dev/kvm\""), info.out());
        assertFalse(info.out().contains("\"usable\" : true"), info.out());
        assertFalse(info.out().contains("\"auto\" : true"), info.out());
        assertFalse(info.out().contains("\"problem\" : \"\""), info.out());
    }
}
