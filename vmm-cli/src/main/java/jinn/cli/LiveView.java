package jinn.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import jinn.control.ControlClient;
import jinn.control.ControlClient.Answer;
import jinn.error.HostException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** What commands have in common that show a part of a running VM's state, once or again and again. */
final class LiveView {

    @Mixin
    private ControlOptions control;

    @Mixin
    private Watch watch;

    @Option(names = "--json", description = "Print the VM's answer, one JSON object a line.")
    private boolean json;

    @Parameters(paramLabel = "NAME", arity = "0..1", description = "The VM. Default: the only one that runs.")
    private String name;

    private Optional<Map<?, ?>> previous = Optional.empty();

    /**
     * Asks and shows.
     *
     * @param command the word of the control protocol to ask with
     * @param table makes lines of an answer and of the one before it, if there is one
     */
    void show(CommandSpec spec, String command, BiFunction<Map<?, ?>, Optional<Map<?, ?>>, List<String>> table) {
        if (!watch.isValid()) {
            throw new ParameterException(spec.commandLine(), "--interval: must be 1 to 3600 seconds");
        }
        String vm = control.vm(name);
        PrintWriter out = spec.commandLine().getOut();
        boolean onTerminal = !json && spec.commandLine().getColorScheme().ansi().enabled();
        try (ControlClient client = ControlClient.connect(control.directory(), vm)) {
            client.greet();
            boolean shown =
                    watch.show(out, onTerminal, () -> client.ask(command).map(answer -> frame(answer, table)));
            if (!shown) {
                throw new HostException("vm " + vm + ": ended before it answered");
            }
            if (watch.isGiven() && !json) {
                out.println("vm " + vm + ": has ended");
            }
        }
    }

    private List<String> frame(Answer answer, BiFunction<Map<?, ?>, Optional<Map<?, ?>>, List<String>> table) {
        List<String> lines = json
                ? List.of(answer.text())
                : TextTable.fit(table.apply(answer.object(), previous), TextTable.columns(System.getenv("COLUMNS")));
        previous = Optional.of(answer.object());
        return lines;
    }
}
