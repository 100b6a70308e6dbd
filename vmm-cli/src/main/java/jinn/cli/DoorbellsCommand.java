package jinn.cli;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code jinn doorbells}: a running VM's doorbells and their counts. */
@Command(
        name = "doorbells",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Shows the doorbells of a running VM: who delivers them and how often they rang.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  jinn doorbells",
            "  jinn doorbells --watch --interval=2 web",
            "  jinn doorbells --json web | jq .doorbells"
        })
final class DoorbellsCommand implements Callable<Integer>, ErrorReporter.Source {

    private static final List<String> TITLES =
            List.of("doorbell", "address", "length", "match", "path", "kernel", "userspace");

    @Spec
    private CommandSpec spec;

    @Mixin
    private Verbosity verbosity;

    @Mixin
    private LiveView view;

    @Override
    public boolean isVerbose() {
        return verbosity.isVerbose();
    }

    @Override
    public Integer call() {
        view.show(spec, "doorbells", DoorbellsCommand::table);
        return ExitCode.SUCCESS.number();
    }

    private static List<String> table(Map<?, ?> answer, Optional<Map<?, ?>> before) {
        List<String> titles = new ArrayList<>(TITLES);
        before.ifPresent(earlier -> titles.add("rate"));
        List<List<String>> rows = new ArrayList<>();
        for (Object doorbell : (List<?>) answer.get("doorbells")) {
            rows.add(cells((Map<?, ?>) doorbell, rows.size(), answer, before));
        }
        return TextTable.lines(titles, rows);
    }

    private static List<String> cells(Map<?, ?> doorbell, int index, Map<?, ?> answer, Optional<Map<?, ?>> before) {
        List<String> cells = new ArrayList<>();
        cells.add(doorbell.get("name").toString());
        cells.add(doorbell.get("address").toString());
        cells.add(
                doorbell.get("length").equals(BigInteger.ZERO)
                        ? "any"
                        : doorbell.get("length").toString());
        for (String key : List.of("match", "path", "kernel", "userspace")) {
            cells.add(doorbell.get(key).toString());
        }
        before.ifPresent(earlier -> cells.add(Rate.perSecond(
                rings(doorbell) - rings((Map<?, ?>) ((List<?>) earlier.get("doorbells")).get(index)),
                Rate.millisBetween(earlier, answer))));
        cells.add(doorbell.get("reason").toString());
        return cells;
    }

    private static long rings(Map<?, ?> doorbell) {
        return ((BigInteger) doorbell.get("kernel")).longValue() + ((BigInteger) doorbell.get("userspace")).longValue();
    }
}
