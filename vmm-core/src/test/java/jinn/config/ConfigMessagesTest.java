package jinn.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jinn.error.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The rest of the messages that {@link ConfigProblemsTest} and others have, and that there is no message without a test: the text
 * of each in the sources of {@code jinn.config} stands in a test of the package.
 */
final class ConfigMessagesTest {

    private static final Path SOURCES = Path.of("src", "main", "java", "jinn", "config");
    private static final Path TESTS = Path.of("src", "test", "java", "jinn", "config");

    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/", Pattern.DOTALL);
    private static final Pattern JOINT = Pattern.compile("\"\\s*\\+\\s*\"");
    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"");

    /** Words that make a text a message, and not a key or a value. */
    private static final Pattern MESSAGE = Pattern.compile(
            "\\b(must|missing|unknown|duplicate|needs|only with|not JSON|cannot|which is not|is empty|is a|is not|does not"
                    + "|is none|names it|has it|ends inside|follows)\\b");

    /** Only a file system that fails while it is looked at makes these, or another user than root. */
    private static final List<String> UNREACHABLE = List.of(
            " cannot be looked at: ",
            " is not readable for this user",
            "readable and writable for this user; \\\"readonly\\\": true needs no write access");

    @TempDir
    private Path directory;

    @Test
    void everyMessageOfTheSourcesStandsInATest() throws IOException {
        String tests = joined(TESTS);
        List<String> untested = new ArrayList<>();
        int messages = 0;
        for (MatchResult literal : LITERAL.matcher(joined(SOURCES)).results().toList()) {
            if (!MESSAGE.matcher(literal.group(1)).find() || UNREACHABLE.contains(literal.group(1))) {
                continue;
            }
            messages++;
            // The parts around what is formatted into it.
            Stream.of(literal.group(1).split("%d"))
                    .filter(part -> !tests.contains(part))
                    .forEach(untested::add);
        }
        assertTrue(messages > 60, messages + " messages found");
        assertEquals(List.of(), untested);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'devices': [{'type': 'net', 'backend': 'slirp'}] | 1:70: $.devices[0].backend: \"slirp\": must be \"passt\" or \"tap\"",
                "'devices': [{'type': 'net', 'mtu': 67}] | 1:66: $.devices[0].mtu: 67: must be 68 to 65520 bytes",
                "'devices': [{'type': 'net', 'backend': 'tap', 'tap': 'a', 'queues': 9}] | 1:99: $.devices[0].queues: 9: must be 1 to 8, as the vCPUs of a machine",
                "'devices': [{'type': 'net', 'backend': 'tap', 'tap': 'a/b'}] | 1:84: $.devices[0].tap: \"a/b\": must be the name of an interface, 1 to 15 bytes without '/', ':' and blanks",
                "'devices': [{'type': 'vsock', 'path': 'a', 'cid': 2}] | 1:81: $.devices[0].cid: 2: must be 3 to 2147483647; those below have other meanings",
                "'devices': [{'type': 'fs', 'tag': 'a', 'path': 'Image'}] | 1:78: $.devices[0].path: \"Image\": must be a directory that can be read, but \"DIR/Image\" is none",
                "'doorbells': [{'name': 'a', 'address': '0x10000000000000000', 'length': 4}] | 1:70: $.doorbells[0].address: \"0x10000000000000000\": must be a hex string of at most 64 bits, as in \"0x0b000000\"",
                "'doorbells': [{'name': 'a', 'address': '0x', 'length': 4}] | 1:70: $.doorbells[0].address: \"0x\": must be a hex string of at most 64 bits, as in \"0x0b000000\"",
                "'doorbells': [{'name': 'a', 'address': '0x0g', 'length': 4}] | 1:70: $.doorbells[0].address: \"0x0g\": must be a hex string of at most 64 bits, as in \"0x0b000000\"",
                "'loops': [{'name': 'a', 'serves': [7]}] | 1:66: $.loops[0].serves[0]: 7: must be a string, the name of what is served",
            })
    void tellsTheProblem(String part, String expected) throws IOException {
        assertEquals(
                directory.resolve("vm.json") + ":" + expected.replace("DIR", directory.toString()), problemOf(part));
    }

    @Test
    void tellsAnInitrdThatIsADirectory() throws IOException {
        Files.createDirectory(directory.resolve("dir"));
        assertEquals(
                directory.resolve("vm.json") + ":1:52: $.boot.initrd: \"dir\": must be a file that can be read, but \""
                        + directory.resolve("dir") + "\" is not a regular file",
                problemOfText("{'boot': {'kernel': 'Image',             'initrd': 'dir'}}"));
    }

    @Test
    void tellsHowManyDevicesAndLoopsThereMayBe() throws IOException {
        String devices = "'devices': [" + "{'type': 'rng'},".repeat(32) + "{'type': 'rng'}]";
        assertEquals(
                directory.resolve("vm.json") + ":1:42: $.devices: 33 devices: must be at most 32", problemOf(devices));
        StringBuilder loops = new StringBuilder("'loops': [{'name': 'a0'}");
        for (int i = 1; i < 17; i++) {
            loops.append(", {'name': 'a").append(i).append("'}");
        }
        assertEquals(
                directory.resolve("vm.json") + ":1:40: $.loops: 17 loops: must be at most 16",
                problemOf(loops.append(']').toString()));
    }

    @Test
    void tellsWhichPathIsTooLongForASocket() throws IOException {
        String file = directory.resolve("vm.json").toString();
        String path = "/" + "s".repeat(107);
        assertEquals(
                file + ":1:69: $.devices[0].path: \"" + path
                        + "\" (108 bytes): must have at most 96 bytes, so that \"_\" and a"
                        + " port fit behind it into the address of a socket",
                problemOf("'devices': [{'type': 'vsock', 'path': '" + path + "'}]"));
        assertEquals(
                file + ":1:97: $.devices[0].ports[0].socket: \"" + path
                        + "\" (108 bytes): must have at most 107 bytes, as" + " the address of a socket",
                problemOf("'devices': [{'type': 'console', 'ports': [{'name': 'a', 'socket': '" + path + "'}]}]"));
    }

    private String problemOf(String part) throws IOException {
        return problemOfText("{'boot': {'kernel': 'Image'}, " + part + "}");
    }

    private String problemOfText(String text) throws IOException {
        Files.writeString(directory.resolve("Image"), "kernel");
        Path file = Files.writeString(directory.resolve("vm.json"), text.replace('\'', '"'));
        return assertThrows(ConfigException.class, () -> ConfigLoader.load(file))
                .getMessage();
    }

    /** Returns the sources without comments, each text in one literal. */
    private static String joined(Path place) throws IOException {
        StringBuilder all = new StringBuilder();
        try (Stream<Path> files = Files.list(place)) {
            for (Path file : files.sorted().toList()) {
                all.append(COMMENT.matcher(Files.readString(file)).replaceAll(""));
            }
        }
        return JOINT.matcher(all).replaceAll("");
    }
}
