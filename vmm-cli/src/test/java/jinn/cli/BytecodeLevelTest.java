package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jinn runs on Java 22, whatever has compiled it. */
final class BytecodeLevelTest {

    /** Of class files for Java 22. */
    private static final int JAVA_22 = 66;

    private static final int MAGIC = 0xcafebabe;

    @ParameterizedTest
    @ValueSource(strings = {"vmm-core", "vmm-testing", "vmm-cli"})
    void everyClassIsForJava22(String module) throws Exception {
        List<Path> classes;
        try (Stream<Path> files = Files.walk(Path.of("..", module, "target/classes"))) {
            classes = files.filter(file -> file.toString().endsWith(".class")).toList();
        }
        assertTrue(classes.size() > 1, () -> module + ": " + classes);
        for (Path file : classes) {
            assertEquals(JAVA_22, majorVersion(file), file::toString);
        }
    }

    private static int majorVersion(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            assertEquals(MAGIC, in.readInt());
            in.readUnsignedShort();
            return in.readUnsignedShort();
        }
    }
}
