package jinn.virtio.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import jinn.backend.DiskFile;
import jinn.testing.FakeExecutor;
import jinn.testing.RecordingLine;
import jinn.virtio.VirtioDevice;
import jinn.virtio.mmio.MmioTransport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Attacks every device through its transport. Whatever the driver does, the only outcome besides service is NEEDS_RESET,
 * nothing outside of guest memory changes, and after a reset the device works.
 *
 * <p>{@code make fuzz-virtio} runs more chains. A quarter of the rounds have a second thread that writes to the rings
 * while the device reads them; what it does in which moment the seed does not decide.
 */
@Timeout(value = 6, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class RingFuzzTest {

    private static final long SEED = Long.getLong("jinn.fuzz.seed", 1);
    private static final long CHAINS = Long.getLong("jinn.fuzz.chains", 200_000);
    private static final int CHAINS_IN_A_ROUND = 500;
    private static final int DISK_BYTES = 64 << 10;

    private final HostileMemory ram = new HostileMemory();
    private Path path;
    private DiskFile disk;

    private long offered;
    private long faults;
    private long restarts;

    @BeforeEach
    void makeADisk() throws Exception {
        // In memory, where there is such a place: a flush costs nothing there.
        Path place = Path.of("/dev/shm");
        path = Files.isWritable(place)
                ? Files.createTempFile(place, "jinn-fuzz", ".raw")
                : Files.createTempFile("jinn-fuzz", ".raw");
        Files.write(path, new byte[DISK_BYTES]);
        disk = DiskFile.open(path, false, false, warning -> {});
    }

    @AfterEach
    void clean() throws Exception {
        disk.close();
        Files.delete(path);
        ram.close();
    }

    @Test
    void everyDeviceSurvivesAHostileDriver() throws Exception {
        for (long round = 0; offered < CHAINS; round++) {
            attack(round);
        }
        // An attack that never gets through to the device, or always, tests nothing.
        assertTrue(faults > offered / 100 && faults < offered / 2, faults + " faults in " + offered + " chains");
        assertEquals(DISK_BYTES, Files.size(path));
        System.out.println("ring fuzz: seed " + SEED + ", " + offered + " chains, " + faults + " faults, " + restarts
                + " restarts, each proved by a request");
    }

    private void attack(long round) {
        int devices = FuzzedDevice.ALL.size();
        FuzzedDevice kind = FuzzedDevice.ALL.get((int) (round % devices));
        try {
            attack(kind, new SplittableRandom(SEED * 0x9e37_79b9_7f4a_7c15L + round), round / devices % 4 == 3);
        } catch (RuntimeException | Error e) {
            throw new AssertionError("seed " + SEED + ", round " + round + ", device " + round % devices, e);
        }
        ram.assertNothingOutsideChanged();
    }

    private void attack(FuzzedDevice kind, SplittableRandom random, boolean scribbled) {
        FakeExecutor executor = new FakeExecutor();
        VirtioDevice device = kind.maker().apply(disk);
        MmioTransport transport = new MmioTransport(device, ram.memory(), new RecordingLine(), executor);
        HostileDriver driver = new HostileDriver(ram.memory(), transport, kind, device.queueCount(), random);
        start(driver, executor);
        try (Scribbler scribbler = scribbled ? new Scribbler(ram, random.split()) : null) {
            for (int chain = 0; chain < CHAINS_IN_A_ROUND; chain++) {
                int queue = driver.offer();
                if (scribbled) {
                    scribbler.resume();
                }
                kick(driver, transport, executor, queue, random);
                if (scribbled) {
                    scribbler.pause();
                }
                if (driver.needsReset() || random.nextInt(200) == 0) {
                    start(driver, executor);
                }
            }
        }
        transport.close();
        offered += CHAINS_IN_A_ROUND;
        faults += transport.faultCount();
    }

    private void start(HostileDriver driver, FakeExecutor executor) {
        driver.start();
        executor.runTasks();
        assertTrue(driver.isServed(executor::runTasks), "the device does not work after a reset");
        restarts++;
    }

    private static void kick(
            HostileDriver driver, MmioTransport transport, FakeExecutor executor, int queue, SplittableRandom random) {
        switch (random.nextInt(4)) {
            case 0 -> {}
            case 1 -> driver.kick(queue);
            default -> executor.executeAndWait(() -> transport.notifyQueue(queue));
        }
        if (random.nextInt(16) == 0) {
            driver.touchRegisters();
        }
        executor.runTasks();
    }
}
