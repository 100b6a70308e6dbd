package jinn.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jinn.lab.JinnLabContainer;
import jinn.lab.LabMachine;
import jinn.lab.LabProcess;

/**
 * The lab machines of the boot tests: containers of the image {@code jinn-lab} or, with the system property
 * {@code jinn.lab.engine} set to {@code scripts}, this clone's own scripts. {@code lab/test-boot} decides.
 */
final class Lab {

    static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

    /** The host's system, with what not every machine needs. */
    private static final String PARTS = "base runtime kmod jinn linux network protected backends";

    private Lab() {}

    /**
     * Boots a machine that runs the commands in its host's shell.
     *
     * @param limit when the machine is stopped
     * @param files what is put into the host, by the path there
     * @param variables of lab/boot: {@code docs/lab.md} lists them
     */
    static LabMachine boot(String script, Duration limit, Map<String, Path> files, Map<String, String> variables)
            throws IOException {
        List<String> options =
                new ArrayList<>(List.of("--timeout", Long.toString(limit.toSeconds()), "--pieces", PARTS));
        if (!usesScripts()) {
            JinnLabContainer container = new JinnLabContainer()
                    .withHostCommand(script)
                    .withBootOptions(options.toArray(String[]::new))
                    .withEnv(variables);
            files.forEach((path, file) -> container.withHostFile(file, path));
            return started(container);
        }
        files.forEach((path, file) -> options.addAll(List.of("--file", file + ":" + path)));
        List<String> command = new ArrayList<>(List.of("lab/boot", "--command", script));
        command.addAll(options);
        return LabProcess.start(PROJECT, variables, command);
    }

    /** Boots a machine that runs {@code jinn run} on the config, which is relative to the project. */
    static LabMachine run(String config, String... options) throws IOException {
        if (usesScripts()) {
            List<String> command = new ArrayList<>(List.of("lab/run", config));
            command.addAll(List.of(options));
            return LabProcess.start(PROJECT, Map.of(), command);
        }
        JinnLabContainer container = new JinnLabContainer();
        if (config.startsWith("configs/")) {
            container.withShippedConfig(config);
        } else {
            container.withConfig(PROJECT.resolve(config));
        }
        return started(container.withJinnOptions(options));
    }

    private static boolean usesScripts() {
        String engine = System.getProperty("jinn.lab.engine", "containers");
        return switch (engine) {
            case "containers" -> false;
            case "scripts" -> true;
            default ->
                throw new IllegalArgumentException("jinn.lab.engine: " + engine + " is neither containers nor scripts");
        };
    }

    private static LabMachine started(JinnLabContainer container) {
        try {
            container.start();
        } catch (RuntimeException e) {
            container.close();
            throw e;
        }
        return container;
    }
}
