package jinn.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import jinn.config.DeviceConfig;
import jinn.config.DoorbellAction;
import jinn.doorbell.delivery.DoorbellHandler;
import jinn.error.DeviceFailureException;
import jinn.error.HostException;
import jinn.extension.DoorbellHandlerProvider;
import jinn.extension.VirtioDeviceProvider;
import jinn.virtio.VirtioDevice;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loads providers from a jar that the test compiles: {@code FailingProvider.java} of the resources. */
class ExtensionsTest {

    private static final String SERVICE = "META-INF/services/" + VirtioDeviceProvider.class.getName();

    private static final String HANDLERS = "META-INF/services/" + DoorbellHandlerProvider.class.getName();

    @TempDir
    private static Path classes;

    @TempDir
    private Path directory;

    private Path jar;
    private final List<String> warnings = new ArrayList<>();
    private final UndoStack resources = new UndoStack();
    private final Extensions extensions = new Extensions(resources, warnings::add);

    @BeforeAll
    static void compileProvider() {
        StringWriter output = new StringWriter();
        int exitCode = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        new PrintWriter(output),
                        new PrintWriter(output),
                        "-cp",
                        "target/classes",
                        "-d",
                        classes.toString(),
                        "src/test/resources/extension/FailingProvider.java");
        assertEquals(0, exitCode, output::toString);
    }

    @BeforeEach
    void makeJar() throws IOException {
        jar = jarOf("extension.FailingProvider");
    }

    private Path jarOf(String provider) throws IOException {
        Path file = directory.resolve("own.jar");
        try (OutputStream output = Files.newOutputStream(file);
                JarOutputStream entries = new JarOutputStream(output);
                Stream<Path> compiled = Files.walk(classes)) {
            add(entries, SERVICE, provider.getBytes(StandardCharsets.UTF_8));
            add(entries, HANDLERS, "extension.FailingProvider$OfHandlers".getBytes(StandardCharsets.UTF_8));
            for (Path path : compiled.filter(Files::isRegularFile).toList()) {
                add(entries, classes.relativize(path).toString(), Files.readAllBytes(path));
            }
        }
        return file;
    }

    private static void add(JarOutputStream entries, String name, byte[] content) throws IOException {
        entries.putNextEntry(new JarEntry(name));
        entries.write(content);
        entries.closeEntry();
    }

    private VirtioDevice device(Map<String, String> settings) {
        return extensions.device(new DeviceConfig.Java(jar, "failing", settings), "java0");
    }

    @Test
    void aDeviceHasTheNameOfTheDescription() {
        VirtioDevice device = device(Map.of());
        assertEquals("java0", device.name());
        assertEquals(42, device.type().id());
        assertEquals(8, device.maximumQueueSize());
    }

    @Test
    void whatADeviceThrowsIsAFailureOfThatDevice() {
        VirtioDevice device = device(Map.of());

        String activation = assertThrows(DeviceFailureException.class, () -> device.activate(null))
                .getMessage();
        assertTrue(activation.matches("IllegalStateException: broken \\(FailingProvider.java:\\d+\\)"), activation);
        assertThrows(DeviceFailureException.class, () -> device.queueNotified(0));
        assertEquals(List.of(), warnings);
    }

    @Test
    void whatCannotFailIsAWarning() {
        VirtioDevice device = device(Map.of());
        assertEquals(0, device.readConfig(0, 4));
        device.writeConfig(0, 4, 1);
        device.reset();
        resources.close();

        assertEquals(4, warnings.size());
        assertTrue(warnings.get(0).startsWith("java0: its configuration could not be read: Ill"), warnings::toString);
        assertTrue(warnings.get(1).startsWith("java0: its configuration could not be written"), warnings::toString);
        assertTrue(warnings.get(2).startsWith("java0: it could not be reset"), warnings::toString);
        assertTrue(warnings.get(3).startsWith("java0: it could not be closed: IOException: still"), warnings::toString);
    }

    @Test
    void aProviderMayRefuseItsSettings() {
        assertRefused(
                Map.of("speed", "11"),
                "java0: refused by 'failing' of " + jar
                        + ": setting 'speed' is '11': must be a whole number from 1 to 10");
        assertRefused(
                Map.of("sped", "1"),
                "java0: refused by 'failing' of " + jar + ": setting 'sped' is unknown: must be one of speed");
    }

    @Test
    void aProviderMayFail() {
        String message = assertThrows(HostException.class, () -> device(Map.of("speed", "7")))
                .getMessage();
        assertTrue(
                message.startsWith("java0: 'failing' of " + jar + " failed: IllegalStateException: seven (Fai"),
                message);
    }

    @Test
    void aProviderThatIsNotThereIsToldWithThoseThatAre() {
        HostException failure = assertThrows(
                HostException.class, () -> extensions.device(new DeviceConfig.Java(jar, "lamp", Map.of()), "java0"));
        assertEquals(jar + ": has no VirtioDeviceProvider named 'lamp'; it has failing", failure.getMessage());
    }

    @Test
    void aJarThatNamesNoClassOrIsNoneIsRefused() throws IOException {
        jar = jarOf("no.such.Provider");
        assertThrowsMessage(jar + ": cannot load its providers: ServiceConfigurationError: ");
        jar = Files.writeString(directory.resolve("text.jar"), "no jar");
        assertThrowsMessage(jar + ": has no VirtioDeviceProvider named 'failing'; it has none");
    }

    @Test
    void aHandlerGetsTheRingsOfItsDoorbell() {
        DoorbellHandler handler = extensions.handler(new DoorbellAction.Java(jar, "counting", Map.of()), "bell");
        handler.rang(null, 3);
        assertEquals("bell 3", System.clearProperty("extension.rings"));
        assertEquals(
                "seven rings of bell",
                assertThrows(IllegalStateException.class, () -> handler.rang(null, 7))
                        .getMessage());
    }

    @Test
    void aHandlersProviderMayRefuseItsSettingsAndMayBeMissing() {
        assertEquals(
                "doorbell bell: refused by 'counting' of " + jar + ": setting 'speed' is unknown: must be one of file",
                assertThrows(
                                HostException.class,
                                () -> extensions.handler(
                                        new DoorbellAction.Java(jar, "counting", Map.of("speed", "1")), "bell"))
                        .getMessage());
        assertEquals(
                jar + ": has no DoorbellHandlerProvider named 'lamp'; it has counting",
                assertThrows(
                                HostException.class,
                                () -> extensions.handler(new DoorbellAction.Java(jar, "lamp", Map.of()), "bell"))
                        .getMessage());
    }

    private void assertThrowsMessage(String start) {
        String message =
                assertThrows(HostException.class, () -> device(Map.of())).getMessage();
        assertTrue(message.startsWith(start), message);
    }

    private void assertRefused(Map<String, String> settings, String expected) {
        assertEquals(
                expected,
                assertThrows(HostException.class, () -> device(settings)).getMessage());
    }
}
