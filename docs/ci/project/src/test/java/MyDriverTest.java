import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import jinn.lab.JinnLab;
import jinn.lab.JinnLabContainer;
import jinn.lab.LabWait;
import jinn.lab.VmState;
import org.junit.jupiter.api.Test;

@JinnLab
class MyDriverTest {

    /** The guest of vm.json is the image's own; name a kernel and an initrd of yours there, relative to the file. */
    @Test
    void myDriverRingsItsDoorbell(JinnLabContainer lab) throws Exception {
        lab.withConfig(Path.of("src/test/vm.json")).waitingFor(LabWait.forState(VmState.RUNNING));
        lab.start();
        lab.await("# ");
        // In place of a driver: modprobe mydriver.
        lab.type("devmem 0x0b000000 32 1; poweroff -f");
        assertEquals(0, lab.awaitEnd());
        assertEquals(1, lab.report().doorbell("mine").rings());
    }
}
