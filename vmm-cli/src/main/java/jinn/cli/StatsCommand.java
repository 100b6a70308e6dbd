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
            "what happened on each queue of its virtio devices, networks and sockets, and",
            "how often a driver had to leave the vCPU because of its device's interrupts."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  jinn stats", "  jinn stats --watch web"})
final class StatsCommand implements Callable<Integer>, ErrorReporter.Source {

    /**
     * A table of what devices have done.
     *
     * @param property with the rows, in the protocol
     * @param title of the first column, the names
     * @param counts titles of the others by their names in the protocol
     */
    private record Section(String property, String title, Map<String, String> counts) {}

    private static final List<Section> SECTIONS = List.of(
            new Section(
                    "queues",
                    "queue",
                    columns(
                            "kernelKicks", "kernel kicks",
                            "userspaceKicks", "userspace",
                            "batches", "batches",
                            "requests", "requests",
                            "interrupts", "interrupts",
                            "suppressedInterrupts", "suppressed",
                            "errors", "errors")),
            new Section("networks", "network", columns("frames", "frames", "bytes", "bytes", "dropped", "dropped")),
            new Section(
                    "sockets",
                    "sockets",
                    columns(
                            "connections", "connections",
                            "opened", "opened",
                            "refused", "refused",
                            "bytesToGuest", "bytes to guest",
                            "bytesToHost", "to host",
                            "dropped", "dropped")));

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
        for (Section section : SECTIONS) {
            if (answer.get(section.property()) instanceof List<?> devices && !devices.isEmpty()) {
                lines.add("");
                lines.addAll(table(section, devices));
            }
        }
        if (answer.get("devices") instanceof List<?> devices && !devices.isEmpty()) {
            lines.add("");
            lines.addAll(deviceTable(devices));
        }
        return lines;
    }

    /** A device whose interrupts cost exits has the reason behind its row. */
    private static List<String> deviceTable(List<?> devices) {
        List<String> titles = List.of("device", "registers", "status reads", "kernel acks", "userspace");
        List<List<String>> rows = new ArrayList<>();
        for (Object device : devices) {
            Map<?, ?> counts = (Map<?, ?>) device;
            rows.add(List.of(
                    (String) counts.get("name"),
                    (String) counts.get("registers"),
                    String.valueOf(counts.get("statusReads")),
                    String.valueOf(counts.get("kernelAcks")),
                    String.valueOf(counts.get("userspaceAcks")),
                    (String) counts.get("reason")));
        }
        return TextTable.lines(titles, rows);
    }

    private static List<String> table(Section section, List<?> devices) {
        List<String> titles = new ArrayList<>(List.of(section.title()));
        titles.addAll(section.counts().values());
        List<List<String>> rows = new ArrayList<>();
        for (Object device : devices) {
            Map<?, ?> counts = (Map<?, ?>) device;
            List<String> row = new ArrayList<>(List.of((String) counts.get("name")));
            section.counts().keySet().forEach(key -> row.add(String.valueOf(counts.get(key))));
            rows.add(row);
        }
        return TextTable.lines(titles, rows);
    }

    /** Makes columns in their order, from names in the protocol and titles in turns. */
    private static Map<String, String> columns(String... namesAndTitles) {
        Map<String, String> columns = new LinkedHashMap<>();
        for (int i = 0; i < namesAndTitles.length; i += 2) {
            columns.put(namesAndTitles[i], namesAndTitles[i + 1]);
        }
        return columns;
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
