package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jinn.lab.DoorbellCount;
import jinn.lab.JinnLab;
import jinn.lab.JinnLabContainer;
import jinn.lab.LabWait;
import jinn.lab.VmState;
import org.junit.jupiter.api.Test;

/** Uses the container as a project does that tests its own guest: docs/ci.md. */
@JinnLab
final class JinnLabIT {

    @Test
    void aGuestsDoorbellsAreCountedAndReported(JinnLabContainer lab) throws Exception {
        lab.withShippedConfig("configs/linux.json").waitingFor(LabWait.forState(VmState.RUNNING));
        lab.start();
        lab.await("# ");

        lab.type("devmem 0x0b000000 32 1; devmem 0x0b000000 32 1");
        assertEquals(2, lab.awaitDoorbell("demo", 2));

        lab.type("poweroff -f");
        assertEquals(0, lab.awaitEnd());
        assertEquals(VmState.ENDED, lab.console().state());
        assertEquals("powered-off", lab.report().outcome());
        assertEquals(new DoorbellCount("demo", "kernel", 2, 0), lab.report().doorbell("demo"));
    }
}
