package jinn.cli;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code jinn stats}: what a running VM's vCPUs and queues have done. */
@Command(
        name = "stats",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Shows how often each vCPU of a running VM came back to Jinn, and why,",
            "and what happened on each queue of its virtio devices."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  jinn stats", "  jinn stats --watch web"})
final class StatsCommand implements Callable<Integer>, ErrorReporter.Source {

    /** The titles of a queue's counts by their names in the protocol. */
    private static final Map<String, String> QUEUE_COUNTS = new LinkedHashMap<>();

    static {
        QUEUE_COUNTS.put("kernelKicks", "kernel kicks");
        QUEUE_COUNTS.put("userspaceKicks", "userspace");
        QUEUE_COUNTS.put("batches", "batches");
        QUEUE_COUNTS.put("requests", "requests");
        QUEUE_COUNTS.put("interrupts", "interrupts");
        QUEUE_COUNTS.put("suppressedInterrupts", "suppressed");
        QUEUE_COUNTS.put("errors", "errors");
    }

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
        List<String> lines = new ArrayList<>(TextTable.lines(titles, rows));
        if (answer.get("queues") instanceof List<?> queues && !queues.isEmpty()) {
            lines.add("");
            lines.addAll(queueTable(queues));
        }
        return lines;
    }

    private static List<String> queueTable(List<?> queues) {
        List<String> titles = new ArrayList<>(List.of("queue"));
        titles.addAll(QUEUE_COUNTS.values());
        List<List<String>> rows = new ArrayList<>();
        for (Object queue : queues) {
            Map<?, ?> counts = (Map<?, ?>) queue;
            List<String> row = new ArrayList<>(List.of((String) counts.get("name")));
            QUEUE_COUNTS.keySet().forEach(key -> row.add(String.valueOf(counts.get(key))));
            rows.add(row);
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
