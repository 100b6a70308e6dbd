package jinn.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigFilesTest {

    @TempDir
    private Path directory;

    private Path config;

    @BeforeEach
    void makeFiles() throws Exception {
        Files.createDirectories(directory.resolve("vms"));
        Files.writeString(directory.resolve("Image"), "kernel");
        Files.writeString(directory.resolve("vms/disk.img"), "disk");
        config = directory.resolve("vms/vm.json");
    }

    @Test
    void everyFileThatAStringNamesBelongsToTheConfig() throws Exception {
        Files.writeString(config, """
                {"name": "web", "boot": {"kernel": "../Image", "initrd": "missing", "cmdline": "a=\\u0000"},
                 "devices": [{"type": "block", "path": "disk.img"}, {"path": ".."}, {"path": ""}]}
                """);
        assertEquals(
                Set.of(config, directory.resolve("Image"), directory.resolve("vms/disk.img")), ConfigFiles.of(config));
    }

    @Test
    void aConfigThatIsNoJsonStandsAlone() throws Exception {
        Files.writeString(config, "{");
        assertEquals(Set.of(config), ConfigFiles.of(config));
    }

    @Test
    void aMissingConfigIsTold() {
        assertThrows(IllegalArgumentException.class, () -> ConfigFiles.of(config));
    }
}
