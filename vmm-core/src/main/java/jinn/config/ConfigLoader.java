package jinn.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import jinn.config.JsonReader.MalformedJsonException;
import jinn.error.ConfigException;

/** Reads VM descriptions from JSON files. */
public final class ConfigLoader {

    /** No description comes near it; it keeps a wrong file, a disk image say, out of the heap. */
    private static final int MAX_FILE_BYTES = 1 << 20;

    private ConfigLoader() {}

    /**
     * Reads one VM's description and checks all of it, also that the files it names can be read.
     *
     * @param file the JSON file; paths in it are relative to its directory
     * @throws ConfigException if anything is wrong; the first problem of a file that is not JSON, else all problems
     */
    public static VmConfig load(Path file) {
        return load(file, System.getenv());
    }

    /**
     * The same with other variables than the process's.
     *
     * @param environment what {@code ${NAME}} in the file's strings stands for
     */
    public static VmConfig load(Path file, Map<String, String> environment) {
        return parse(readText(file), file, environment);
    }

    /**
     * The same for text that is not in its file yet.
     *
     * @param text what will stand in the file
     * @param file where: messages name it, and paths in the text are relative to its directory
     */
    public static VmConfig parse(String text, Path file, Map<String, String> environment) {
        Problems problems = new Problems(file);
        JsonValue root;
        try {
            JsonValue written = JsonReader.read(text);
            root = Substitution.isIn(text) ? Substitution.apply(written, environment, problems) : written;
        } catch (MalformedJsonException e) {
            problems.add(e.place(), e.getMessage());
            throw problems.toException();
        }
        VmConfig config = new ConfigReader(file, problems).read(root);
        if (!problems.isEmpty()) {
            throw problems.toException();
        }
        return config;
    }

    private static String readText(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
            if (bytes.length > MAX_FILE_BYTES) {
                throw new ConfigException(file + ": too large for a VM's description: must be at most 1 MiB");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (NoSuchFileException e) {
            throw new ConfigException(file + ": cannot read the VM's description: no such file", e);
        } catch (CharacterCodingException e) {
            throw new ConfigException(file + ": cannot read the VM's description: not UTF-8 text", e);
        } catch (IOException e) {
            throw new ConfigException(file + ": cannot read the VM's description: " + reason(file, e), e);
        }
    }

    private static String reason(Path file, IOException e) {
        if (Files.isDirectory(file)) {
            return "is a directory";
        }
        return Files.isReadable(file) ? String.valueOf(e.getMessage()) : "permission denied";
    }
}
