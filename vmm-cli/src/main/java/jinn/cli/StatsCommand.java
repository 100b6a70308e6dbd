package jinn.cli;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code jinn stats}: what a running VM's vCPUs have done. */
@Command(
        name = "stats",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Shows how often each vCPU of a running VM came back to Jinn, and why.",
        footerHeading = "%nExamples:%n",
        footer = {"  jinn stats", "  jinn stats --watch web"})
final class StatsCommand implements Callable<Integer>, ErrorReporter.Source {

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
        view.show(spec, "stats", StatsCommand::table);
        return ExitCode.SUCCESS.number();
    }

    private static List<String> table(Map<?, ?> answer, Optional<Map<?, ?>> before) {
        List<String> titles = new ArrayList<>(List.of("vCPU", "returns"));
        before.ifPresent(earlier -> titles.add("rate"));
        titles.add("by reason");
        List<List<String>> rows = new ArrayList<>();
        for (Object vcpu : (List<?>) answer.get("vcpus")) {
            rows.add(cells((Map<?, ?>) vcpu, rows.size(), answer, before));
        }
        return TextTable.lines(titles, rows);
    }

    private static List<String> cells(Map<?, ?> vcpu, int index, Map<?, ?> answer, Optional<Map<?, ?>> before) {
        List<String> cells = new ArrayList<>();
        cells.add(vcpu.get("id").toString());
        cells.add(vcpu.get("runReturns").toString());
        before.ifPresent(earlier -> cells.add(Rate.perSecond(
                returns(vcpu) - returns((Map<?, ?>) ((List<?>) earlier.get("vcpus")).get(index)),
                Rate.millisBetween(earlier, answer))));
        cells.add(((Map<?, ?>) vcpu.get("returnsByReason"))
                .entrySet().stream()
                        .map(reason -> reason.getKey() + " " + reason.getValue())
                        .collect(Collectors.joining(", ")));
        return cells;
    }

    private static long returns(Map<?, ?> vcpu) {
        return ((BigInteger) vcpu.get("runReturns")).longValue();
    }
}
