package jinn.boot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A device tree blob as the real {@code dtc} and {@code fdtget} see it. Without them the test fails. */
final class Fdt {

    private final Path file;

    Fdt(Path directory, byte[] blob) throws IOException {
        this.file = Files.write(directory.resolve("test.dtb"), blob);
    }

    /** Decompiles with all checks on; a warning is a failure. */
    String decompile() throws IOException, InterruptedException {
        Path errors = Files.createTempFile(file.getParent(), "dtc", ".err");
        String source = run(errors, "dtc", "-I", "dtb", "-O", "dts", file.toString());
        String complaints = Files.readString(errors);
        if (!complaints.isEmpty()) {
            throw new AssertionError("dtc complains: " + complaints);
        }
        return source;
    }

    /** Returns a property in fdtget's format: {@code x} hexadecimal cells, {@code s} strings, {@code u} decimal. */
    String get(String format, String node, String property) throws IOException, InterruptedException {
        return run(file.resolveSibling("fdtget.err"), "fdtget", "-t", format, file.toString(), node, property);
    }

    /** Returns the names of a node's children. */
    List<String> children(String node) throws IOException, InterruptedException {
        return run(file.resolveSibling("fdtget.err"), "fdtget", "-l", file.toString(), node)
                .lines()
                .toList();
    }

    /** Returns the names of a node's properties. */
    List<String> properties(String node) throws IOException, InterruptedException {
        return run(file.resolveSibling("fdtget.err"), "fdtget", "-p", file.toString(), node)
                .lines()
                .toList();
    }

    private static String run(Path errors, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(new ArrayList<>(List.of(command)))
                .redirectError(errors.toFile())
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new AssertionError(String.join(" ", command) + " failed: " + Files.readString(errors));
        }
        return output.strip();
    }
}
