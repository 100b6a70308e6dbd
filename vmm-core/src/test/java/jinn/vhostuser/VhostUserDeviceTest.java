package jinn.vhostuser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jinn.error.HostException;
import jinn.event.EventLoop;
import jinn.memory.GuestMemory;
import jinn.posix.EventFd;
import jinn.posix.Mapping;
import jinn.posix.MemFd;
import jinn.testing.FakeDriver;
import jinn.testing.FakeMmioDriver;
import jinn.testing.GuestRam;
import jinn.virtio.DeviceType;
import jinn.virtio.mmio.MmioTransport;
import jinn.virtio.mmio.QueueService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A driver, the transport and a device, with a fake process at the other end of the socket. */
@Timeout(60)
class VhostUserDeviceTest {

    private static final DeviceType BLOCK = new DeviceType(2);
    private static final long MEMORY_BYTES = 0x10000;
    private static final int CONFIG_BYTES = 72;

    @TempDir
    private Path directory;

    private final List<String> warnings = new ArrayList<>();
    private final EventLoop loop = EventLoop.start("test-loop", failure -> warnings.add(failure.toString()));
    private final MemFd memFd = MemFd.create("test-ram", MEMORY_BYTES);
    private final Mapping mapping = Mapping.of(memFd);
    private final GuestMemory.Region region = new GuestMemory.Region(GuestRam.BASE, mapping.segment());
    private final GuestMemory memory = new GuestMemory(List.of(region));
    private final EventFd interrupt = EventFd.create("test-interrupt");
    private FakeBackend backend;

    @BeforeEach
    void listen() throws IOException {
        backend = new FakeBackend(directory.resolve("socket"));
    }

    @AfterEach
    void close() throws IOException {
        backend.close();
        loop.close();
        interrupt.close();
        mapping.close();
        memFd.close();
    }

    private VhostUserDevice device(int queues) {
        return device(new Shape(BLOCK, queues, CONFIG_BYTES, Optional.empty()));
    }

    private VhostUserDevice device(Shape shape) {
        return new VhostUserDevice(
                "disk0",
                shape,
                backend::connect,
                new SharedMemory(region, memFd.descriptor()),
                interrupt.descriptor(),
                loop);
    }

    private MmioTransport transport(VhostUserDevice device) {
        return new MmioTransport(
                device,
                memory,
                interrupt::signal,
                queue -> loop,
                warnings::add,
                QueueService.elsewhere(device.queueFeatures()));
    }

    private FakeMmioDriver start(MmioTransport transport, FakeDriver... queues) {
        FakeMmioDriver driver = new FakeMmioDriver(transport);
        driver.start(FakeMmioDriver.VERSION_1, queues);
        settle();
        return driver;
    }

    /** Waits until the loop has done what was posted, and what that posted. */
    private void settle() {
        for (int i = 0; i < 3; i++) {
            loop.executeAndWait(() -> {});
        }
    }

    /** Waits until the device has failed, and has warned: that comes after, in the same task of the loop. */
    private void awaitNeedsReset(FakeMmioDriver driver) throws InterruptedException {
        while ((driver.status() & FakeMmioDriver.NEEDS_RESET) == 0) {
            Thread.sleep(1);
        }
        settle();
    }

    @Test
    void offersWhatTheBackendCanDo() {
        try (VhostUserDevice device = device(2);
                MmioTransport transport = transport(device)) {
            FakeMmioDriver driver = new FakeMmioDriver(transport);
            assertEquals(2, driver.read(0x008));
            driver.write(0x014, 0);
            assertEquals(1 << 28 | 1 << 5, driver.read(0x010));
            driver.write(0x014, 1);
            assertEquals(1, driver.read(0x010));
            assertEquals(0x04030201, transport.read(0x100, 4));
            assertEquals(0x48474645, transport.read(0x100 + CONFIG_BYTES - 4, 4));
            assertEquals(0, transport.read(0x100 + CONFIG_BYTES, 4));
        }
    }

    @Test
    void startsTheQueuesThatTheDriverUsesAndStopsThem() {
        try (VhostUserDevice device = device(2)) {
            backend.told.clear();
            FakeDriver queue = new FakeDriver(memory, GuestRam.BASE, 16);
            try (MmioTransport transport = transport(device)) {
                start(transport, queue);
            }
            assertEquals(
                    List.of(
                            "SET_FEATURES 140000000",
                            "SET_MEM_TABLE 1 0 40000000 0 10000 0 40000000 0 0 0",
                            "SET_VRING_NUM 0 10",
                            "SET_VRING_BASE 0 0",
                            "SET_VRING_ADDR 0 0 "
                                    + words(queue.layout().descriptorTable())
                                    + words(queue.layout().usedRing())
                                    + words(queue.layout().availRing())
                                    + "0 0",
                            "SET_VRING_CALL 0 0",
                            "SET_VRING_KICK 0 0",
                            "SET_VRING_ENABLE 0 1",
                            "GET_VRING_BASE 0 0"),
                    backend.told);
        }
        assertEquals(List.of(), warnings);
    }

    private static String words(long address) {
        return Long.toHexString(address & 0xffff_ffffL) + " " + Long.toHexString(address >>> 32) + " ";
    }

    @Test
    void aKickThatTheKernelDidNotDeliverRingsTheBackendsEventfd() {
        try (VhostUserDevice device = device(1);
                MmioTransport transport = transport(device)) {
            FakeMmioDriver driver = start(transport, new FakeDriver(memory, GuestRam.BASE, 16));
            device.kick(0).drain();

            driver.kick(0);
            settle();
            assertEquals(1, device.kick(0).drain());
        }
    }

    @Test
    void showsTheDriverAnInterruptOfTheBackendAlways() {
        try (VhostUserDevice device = device(1);
                MmioTransport transport = transport(device)) {
            FakeMmioDriver driver = start(transport, new FakeDriver(memory, GuestRam.BASE, 16));
            assertEquals(1, driver.read(0x060) & 1);
            driver.write(0x064, 1);
            assertEquals(1, driver.read(0x060) & 1);
        }
    }

    @Test
    void aBackendThatEndsCostsTheDeviceUntilItsReset() throws Exception {
        try (VhostUserDevice device = device(1);
                MmioTransport transport = transport(device)) {
            FakeDriver queue = new FakeDriver(memory, GuestRam.BASE, 16);
            FakeMmioDriver driver = start(transport, queue);
            backend.hangUp();
            awaitNeedsReset(driver);
            assertEquals(List.of("disk0: its code failed, the device needs a reset: the back-end has ended"), warnings);

            driver.write(0x070, 0);
            backend.told.clear();
            start(transport, queue);
            assertTrue(backend.told.contains("SET_VRING_ENABLE 0 1"), backend.told::toString);
            assertEquals(0, driver.status() & FakeMmioDriver.NEEDS_RESET);
        }
    }

    @Test
    void aBackendThatBabblesLosesTheDevice() throws Exception {
        try (VhostUserDevice device = device(1);
                MmioTransport transport = transport(device)) {
            FakeMmioDriver driver = start(transport, new FakeDriver(memory, GuestRam.BASE, 16));
            backend.babble();
            awaitNeedsReset(driver);
            assertTrue(warnings.getFirst().contains("something that nobody asked for"), warnings::toString);
        }
    }

    @Test
    void aRefusalWhileStartingLosesTheDevice() throws Exception {
        try (VhostUserDevice device = device(1);
                MmioTransport transport = transport(device)) {
            backend.acknowledgement = 1;
            FakeMmioDriver driver = start(transport, new FakeDriver(memory, GuestRam.BASE, 16));
            awaitNeedsReset(driver);
            assertTrue(warnings.getFirst().contains("refused by the back-end: SET_FEATURES (1)"), warnings::toString);
        }
    }

    @Test
    void writesOfTheConfigurationReachTheBackend() {
        try (VhostUserDevice device = device(1);
                MmioTransport transport = transport(device)) {
            backend.told.clear();
            transport.write(0x100 + 32, 1, 0x55);
            settle();
            assertEquals(0x55, transport.read(0x100 + 32, 1));
            assertEquals(List.of("SET_CONFIG 20 1 0"), backend.told);
        }
    }

    @Test
    void refusesABackendThatCannotDoWhatIsNeeded() {
        backend.features = 1L << 32;
        assertRefused("disk0: the back-end is too old: it has no protocol features");
        backend.features = 1L << 30;
        backend.queues = 1;
        assertEquals(
                "disk0: the back-end serves 1 queues, not 2",
                assertThrows(HostException.class, () -> device(2)).getMessage());
    }

    @Test
    void refusesABackendThatDoesNotTellTheConfiguration() {
        backend.protocolFeatures = 1 | 1 << 3;
        assertRefused("disk0: the back-end does not tell the device's configuration: it has no protocol feature CONFIG;"
                + " take one that has");
        backend.protocolFeatures = 1 | 1 << 3 | 1 << 9;
        backend.configBytes = CONFIG_BYTES - 1;
        assertRefused("disk0: the back-end's answer to GET_CONFIG has 0 bytes instead of 84");
    }

    @Test
    void asksForNoConfigurationThatTheDeviceHasNot() {
        backend.protocolFeatures = 1 | 1 << 3;
        Shape shape = new Shape(new DeviceType(4), 1, 0, Optional.empty());
        try (VhostUserDevice device = device(shape)) {
            assertEquals(0, device.readConfig(0, 4));
        }
        assertFalse(backend.told.contains("GET_CONFIG"), backend.told::toString);
    }

    @Test
    void refusesABackendThatEndsOrLies() {
        backend.deadly = Request.GET_FEATURES;
        assertRefused("disk0: the back-end has closed the connection instead of answering GET_FEATURES");
        backend.deadly = null;
        backend.tooLong = 1;
        assertRefused("disk0: the back-end's answer to GET_FEATURES has 9 bytes instead of 8");
    }

    @Test
    void doesNotWaitForABackendForEver() {
        backend.ignored = Request.GET_PROTOCOL_FEATURES;
        assertRefused("disk0: the back-end does not answer GET_PROTOCOL_FEATURES within 5000 ms");
    }

    private void assertRefused(String expected) {
        assertEquals(
                expected, assertThrows(HostException.class, () -> device(1)).getMessage());
    }
}
