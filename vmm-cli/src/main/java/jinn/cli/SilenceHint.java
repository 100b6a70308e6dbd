package jinn.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import jinn.config.ConsoleTarget;
import jinn.config.DeviceConfig;
import jinn.config.VmConfig;
import jinn.vm.VcpuStatus;
import jinn.vm.VirtualMachine;

/**
 * Tells the user once when a guest has written nothing to its consoles for a while after its start: what its vCPUs did,
 * and what the likely causes are.
 */
final class SilenceHint implements AutoCloseable {

    private final Thread thread;

    private SilenceHint(Runnable wait) {
        this.thread = Thread.ofPlatform().daemon().name("silence-hint").unstarted(wait);
    }

    /**
     * Starts to wait.
     *
     * @param seconds how long a guest may be silent; 0 for as long as it likes
     * @param config its description; a guest none of whose consoles goes anywhere may be silent
     * @param lines gets the hint, line by line
     */
    static SilenceHint start(VirtualMachine vm, int seconds, VmConfig config, Consumer<String> lines) {
        SilenceHint hint = new SilenceHint(() -> {
            try {
                TimeUnit.SECONDS.sleep(seconds);
            } catch (InterruptedException e) {
                // By close(): the VM has ended.
                return;
            }
            if (vm.console().read(0, 1).bytes().length == 0) {
                text(seconds, vm::vcpus, config.boot().cmdline()).forEach(lines);
            }
        });
        if (seconds > 0 && canSpeak(config)) {
            hint.thread.start();
        }
        return hint;
    }

    static boolean canSpeak(VmConfig config) {
        return config.serial().target() != ConsoleTarget.NONE
                || config.devices().stream()
                        .anyMatch(device -> device instanceof DeviceConfig.Console console
                                && console.target() != ConsoleTarget.NONE);
    }

    /** Returns the hint's lines. */
    static List<String> text(int seconds, Supplier<List<VcpuStatus>> vcpus, String cmdline) {
        Map<String, Long> reasons = new TreeMap<>();
        long returns = 0;
        for (VcpuStatus vcpu : vcpus.get()) {
            returns += vcpu.runReturns();
            vcpu.returnsByReason().forEach((reason, count) -> reasons.merge(reason, count, Long::sum));
        }
        List<String> lines = new ArrayList<>();
        lines.add("the guest has written nothing for " + seconds + " s; its vCPUs came back " + returns + " times"
                + (reasons.isEmpty() ? "" : " (" + shown(reasons) + ")") + "; likely causes:");
        lines.addAll(causes(returns, cmdline));
        return lines;
    }

    private static String shown(Map<String, Long> reasons) {
        return String.join(
                ", ",
                reasons.entrySet().stream()
                        .map(reason -> reason.getKey() + " " + reason.getValue())
                        .toList());
    }

    private static List<String> causes(long returns, String cmdline) {
        List<String> causes = new ArrayList<>();
        if (!cmdline.contains("console=")) {
            causes.add("  the command line has no 'console=', so a Linux kernel writes nowhere: try console=ttyAMA0");
        } else {
            causes.add("  the kernel stopped before its console worked: try 'earlycon' on its command line");
        }
        causes.add(
                returns == 0
                        ? "  it computes or waits without touching a device: the kernel may be for other hardware"
                        : "  it waits for something: 'jinn stats --watch' shows whether it still does anything");
        causes.add("  it needs longer, or has nothing to say: --silence=SECONDS waits longer, --silence=0 for ever");
        return causes;
    }

    /** Waits no longer. */
    @Override
    public void close() {
        thread.interrupt();
    }
}
