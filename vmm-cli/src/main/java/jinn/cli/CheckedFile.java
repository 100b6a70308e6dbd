package jinn.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import jinn.config.ConfigLoader;
import jinn.config.VmConfig;
import jinn.error.ConfigException;
import jinn.error.ImageException;
import jinn.error.VmmException;
import jinn.vm.BootCheck;
import tools.jackson.core.JsonGenerator;

/** What {@code jinn check} found out about one file: the VM it describes, or why it does not. */
record CheckedFile(Path file, Optional<VmConfig> vm, Optional<VmmException> failure) {

    static CheckedFile of(Path file) {
        try {
            VmConfig vm = ConfigLoader.load(file);
            BootCheck.check(vm);
            return new CheckedFile(file, Optional.of(vm), Optional.empty());
        } catch (ImageException e) {
            // It names the image; with several descriptions at hand the reader wants to know whose.
            return new CheckedFile(
                    file, Optional.empty(), Optional.of(new ImageException(file + ": " + e.getMessage(), e)));
        } catch (VmmException e) {
            return new CheckedFile(file, Optional.empty(), Optional.of(e));
        }
    }

    ExitCode exitCode() {
        return failure.map(ExitCode::of).orElse(ExitCode.SUCCESS);
    }

    static void write(JsonGenerator json, List<CheckedFile> files) {
        json.writeStartArray();
        files.forEach(file -> file.write(json));
        json.writeEndArray();
    }

    private void write(JsonGenerator json) {
        json.writeStartObject();
        json.writeStringProperty("file", file.toString());
        json.writeBooleanProperty("ok", failure.isEmpty());
        json.writeNumberProperty("exitCode", exitCode().number());
        json.writeStringProperty("vm", vm.map(VmConfig::name).orElse(""));
        json.writeArrayPropertyStart("problems");
        failure.map(CheckedFile::problems).orElseGet(List::of).forEach(json::writeString);
        json.writeEndArray();
        json.writeEndObject();
    }

    private static List<String> problems(VmmException failure) {
        return failure instanceof ConfigException config ? config.problems() : List.of(failure.getMessage());
    }
}
