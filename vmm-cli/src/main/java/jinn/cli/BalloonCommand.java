package jinn.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import jinn.config.SizeArgument;
import jinn.control.ControlClient;
import jinn.error.HostException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code jinn balloon}. */
@Command(
        name = "balloon",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Asks a running VM to do without so much of its memory, or shows how far it is.",
            "The guest gives pages when it can; what it gives is the host's."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  jinn balloon web 256MiB", "  jinn balloon web", "  jinn balloon web 0"})
final class BalloonCommand implements Callable<Integer>, ErrorReporter.Source {

    /** The titles of the rows by their names in the protocol. */
    private static final Map<String, String> ROWS = new LinkedHashMap<>();

    static {
        ROWS.put("targetBytes", "asked for");
        ROWS.put("actualBytes", "given");
        ROWS.put("reportedBytes", "free pages reported, in all");
        ROWS.put("totalBytes", "the guest's memory");
        ROWS.put("freeBytes", "free in the guest");
        ROWS.put("availableBytes", "available in the guest");
    }

    @Spec
    private CommandSpec spec;

    @Mixin
    private Verbosity verbosity;

    @Mixin
    private ControlOptions control;

    @Option(names = "--json", description = "Print the answer as one line of JSON.")
    private boolean json;

    @Parameters(index = "0", paramLabel = "NAME", description = "The VM.")
    private String name;

    @Parameters(index = "1", arity = "0..1", paramLabel = "SIZE", description = "As in 256MiB; 0 to give all back.")
    private String size;

    @Override
    public boolean isVerbose() {
        return verbosity.isVerbose();
    }

    @Override
    public Integer call() {
        OptionalLong bytes = size == null ? OptionalLong.empty() : OptionalLong.of(bytes());
        try (ControlClient client = ControlClient.connect(control.directory(), name)) {
            client.greet();
            ControlClient.Answer answer = client.askBalloon(bytes)
                    .orElseThrow(() -> new HostException("vm " + name + ": ended before it answered"));
            if (!(answer.object().get("balloon") instanceof Map<?, ?> balloon)) {
                throw new HostException("vm " + name + ": has no balloon; add a device {\"type\": \"balloon\"}");
            }
            List<String> lines = json ? List.of(answer.text()) : table(balloon);
            lines.forEach(spec.commandLine().getOut()::println);
        }
        return ExitCode.SUCCESS.number();
    }

    private long bytes() {
        if (size.equals("0")) {
            return 0;
        }
        return SizeArgument.parse(size)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "'" + size + "': must be a size with its unit (KiB, MiB, GiB), as in 256MiB, or 0"));
    }

    private static List<String> table(Map<?, ?> balloon) {
        List<List<String>> rows = new ArrayList<>();
        ROWS.forEach((key, title) -> Optional.ofNullable(balloon.get(key))
                .map(bytes -> List.of(title, SizeText.of(((Number) bytes).longValue())))
                .ifPresent(rows::add));
        return TextTable.lines(List.of("balloon", "size"), rows);
    }
}
