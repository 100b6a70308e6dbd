package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InitCommandTest {

    @TempDir
    private Path directory;

    private Path kernel;
    private Path file;

    @BeforeEach
    void writeAKernel() throws IOException {
        kernel = ImageFile.write(directory.resolve("Image"), 4096);
        file = directory.resolve("my-vm.json");
    }

    @Test
    void writesADescriptionThatCheckAccepts() throws IOException {
        Path initrd = Files.writeString(directory.resolve("initrd"), "070701");
        Invocation init = init("--initrd=" + initrd);

        assertEquals(0, init.exitCode(), init.err());
        assertTrue(init.out().startsWith(file + ": written, for the VM \"my-vm\"\n"), init.out());
        Invocation check = Invocation.of("check", file.toString());
        assertEquals(0, check.exitCode(), check.err());
        assertEquals(file + ": vm my-vm: 1 vCPU, 512 MiB, 1 device, 1 doorbell\n", check.out());
        assertEquals(List.of(kernel, initrd, file), filesLeft());
        assertEquals(
                Files.getPosixFilePermissions(initrd), Files.getPosixFilePermissions(file), "others may read it too");
    }

    @Test
    void namesFilesFromTheDirectoryOfTheDescription() throws IOException {
        Path here = Path.of("").toAbsolutePath();
        Path relative = here.relativize(kernel);
        Invocation init = Invocation.of("init", "--kernel=" + relative, file.toString());

        assertEquals(0, init.exitCode(), init.err());
        assertTrue(Files.readString(file).contains("\"kernel\": \"Image\","), Files.readString(file));
    }

    @Test
    void takesTheMostAwkwardNameForAKernel() throws IOException {
        Path awkward = Files.move(kernel, directory.resolve("a \"${b}\" \\"));
        Invocation init = Invocation.of("init", "--kernel=" + awkward, file.toString());

        assertEquals(0, init.exitCode(), init.err());
        assertEquals(0, Invocation.of("check", file.toString()).exitCode());
    }

    @Test
    void doesNotReplaceAFileUnlessForced() throws IOException {
        Files.writeString(file, "mine");

        Invocation refused = init();
        assertEquals(1, refused.exitCode());
        assertEquals(
                List.of("jinn: cannot write " + file + ": it exists; give another name, or --force to replace it"),
                refused.errLines());
        assertEquals("mine", Files.readString(file));

        assertEquals(0, init("--force").exitCode());
        assertEquals(0, Invocation.of("check", file.toString()).exitCode());
    }

    @Test
    void writesNothingWithoutAKernel() throws IOException {
        Files.delete(kernel);
        Invocation refused = init();

        assertEquals(1, refused.exitCode());
        assertEquals(
                List.of("jinn: cannot write " + file + ": its kernel " + kernel
                        + " does not exist; name an arm64 Image with --kernel=PATH"),
                refused.errLines());
        assertEquals(List.of(), filesLeft());
    }

    @Test
    void writesNothingForAKernelThatIsNoImage() throws IOException {
        Files.writeString(kernel, "#!/bin/sh");
        Invocation refused = init();

        assertEquals(4, refused.exitCode());
        assertTrue(refused.err().contains("expected an arm64 Image"), refused.err());
        assertFalse(Files.exists(file));
    }

    private Invocation init(String... options) {
        return Invocation.of(
                Stream.of(Stream.of("init", "--kernel=" + kernel), Stream.of(options), Stream.of(file.toString()))
                        .flatMap(words -> words)
                        .toArray(String[]::new));
    }

    private List<Path> filesLeft() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }
}
