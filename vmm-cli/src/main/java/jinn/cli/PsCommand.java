package jinn.cli;

import java.io.PrintWriter;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import jinn.control.ControlClient;
import jinn.control.ControlClient.Answer;
import jinn.control.ControlDirectory;
import jinn.error.HostException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.JsonGenerator;

/** {@code jinn ps}: the VMs that run. */
@Command(
        name = "ps",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Lists the running VMs of this user.",
        footerHeading = "%nExamples:%n",
        footer = {"  jinn ps", "  jinn ps --json | jq -r '.[].name'"})
final class PsCommand implements Callable<Integer>, ErrorReporter.Source {

    private static final List<String> TITLES = List.of("name", "pid", "state", "up", "vCPUs", "memory", "description");

    /** A VM; without a status it does not answer, or has just ended. */
    private record Row(String name, OptionalLong pid, Optional<Status> status) {}

    private record Status(String state, long uptimeMs, long cpus, long memoryBytes, String description) {

        static Status of(Map<?, ?> answer) {
            return new Status(
                    answer.get("state") instanceof String state ? state : "running",
                    ((BigInteger) answer.get("uptimeMs")).longValue(),
                    ((BigInteger) answer.get("cpus")).longValue(),
                    ((BigInteger) answer.get("memoryBytes")).longValue(),
                    (String) answer.get("description"));
        }
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private Verbosity verbosity;

    @Mixin
    private ControlOptions control;

    @Option(names = "--json", description = "Print one JSON array.")
    private boolean json;

    @Override
    public boolean isVerbose() {
        return verbosity.isVerbose();
    }

    @Override
    public Integer call() {
        ControlDirectory directory = control.directory();
        List<Row> rows =
                directory.names().stream().map(name -> row(directory, name)).toList();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(JsonText.write(generator -> write(generator, rows)));
        } else {
            List<String> lines =
                    TextTable.lines(TITLES, rows.stream().map(PsCommand::cells).toList());
            TextTable.fit(lines, TextTable.columns(System.getenv("COLUMNS"))).forEach(out::println);
        }
        return ExitCode.SUCCESS.number();
    }

    private static Row row(ControlDirectory directory, String name) {
        OptionalLong pid = directory.pid(name);
        try (ControlClient client = ControlClient.connect(directory, name)) {
            client.greet();
            return new Row(name, pid, client.ask("status").map(Answer::object).map(Status::of));
        } catch (HostException e) {
            return new Row(name, pid, Optional.empty());
        }
    }

    private static List<String> cells(Row row) {
        List<String> cells = new ArrayList<>();
        cells.add(row.name());
        cells.add(row.pid().isPresent() ? Long.toString(row.pid().getAsLong()) : "?");
        row.status()
                .ifPresentOrElse(
                        status -> cells.addAll(List.of(
                                status.state(),
                                DurationText.ofMillis(status.uptimeMs()),
                                Long.toString(status.cpus()),
                                SizeText.of(status.memoryBytes()),
                                status.description())),
                        () -> cells.add("no answer"));
        return cells;
    }

    private static void write(JsonGenerator json, List<Row> rows) {
        json.writeStartArray();
        for (Row row : rows) {
            json.writeStartObject();
            json.writeStringProperty("name", row.name());
            json.writeNumberProperty("pid", row.pid().orElse(0));
            json.writeStringProperty("state", row.status().map(Status::state).orElse("no-answer"));
            row.status().ifPresent(status -> {
                json.writeNumberProperty("uptimeMs", status.uptimeMs());
                json.writeNumberProperty("cpus", status.cpus());
                json.writeNumberProperty("memoryBytes", status.memoryBytes());
                json.writeStringProperty("description", status.description());
            });
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
