package jinn.virtio.mmio;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jinn.testing.FakeExecutor;
import jinn.testing.FakeMmioDriver;
import jinn.testing.GuestRam;
import jinn.testing.RecordingLine;
import jinn.virtio.device.Rng;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceStatusTest {

    private static final long FEATURES = FakeMmioDriver.VERSION_1;

    private final FakeExecutor executor = new FakeExecutor();
    private final MmioTransport transport = new MmioTransport(
            new Rng((bytes, offset, length) -> {}), GuestRam.ofBytes(0x1000), new RecordingLine(), executor);
    private final FakeMmioDriver driver = new FakeMmioDriver(transport);

    @BeforeEach
    void acceptableFeaturesAreWritten() {
        driver.acceptFeatures(FEATURES);
    }

    /* Bits: 1 ACKNOWLEDGE, 2 DRIVER, 4 DRIVER_OK, 8 FEATURES_OK, 128 FAILED. */
    @ParameterizedTest(name = "from {0}, write {1}: status is {2}")
    @CsvSource({
        "0,   1,   1",
        "0,   2,   0",
        "0,   3,   3",
        "0,   8,   0",
        "0,   4,   0",
        "0,   15,  15",
        "0,   11,  11",
        "0,   13,  1",
        "1,   3,   3",
        "1,   1,   1",
        "1,   9,   1",
        "1,   5,   1",
        "1,   2,   3",
        "3,   11,  11",
        "3,   7,   3",
        "3,   15,  15",
        "3,   1,   3",
        "3,   131, 131",
        "11,  15,  15",
        "11,  3,   11",
        "11,  139, 139",
        "15,  15,  15",
        "15,  11,  15",
        "15,  143, 143",
        "128, 1,   128",
        "131, 139, 131",
        "1,   65,  1",
        "0,   64,  0",
        "0,   48,  0",
        "15,  0,   0",
        "143, 0,   0",
    })
    void driverSetsBitsInTheirOrderOnly(int from, int write, int expected) {
        if (from != 0) {
            driver.setStatus(from);
        }
        assertEquals(from, driver.status());

        driver.setStatus(write);

        assertEquals(expected, driver.status());
    }

    @ParameterizedTest(name = "features {0}: FEATURES_OK is {1}")
    @CsvSource({
        "0x100000000, true",
        "0x130000000, true",
        "0x0,         false",
        "0x30000000,  false",
        "0x100000001, false",
        "0x300000000, false",
        "-0x1,        false",
    })
    void featuresAreAcceptedIfOfferedAndModern(String features, boolean accepted) {
        driver.negotiate(Long.decode(features));

        assertEquals(accepted ? 11 : 3, driver.status());
    }

    @Test
    void featuresAreFixedOnceAccepted() {
        driver.negotiate(FEATURES);
        driver.acceptFeatures(0);
        driver.setStatus(15);

        assertEquals(15, driver.status());
    }

    @Test
    void resetForgetsTheFeatures() {
        driver.negotiate(FEATURES);
        driver.setStatus(0);
        driver.setStatus(1);
        driver.setStatus(3);
        driver.setStatus(11);

        assertEquals(3, driver.status());
    }
}
