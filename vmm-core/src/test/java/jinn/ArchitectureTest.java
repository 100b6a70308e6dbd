package jinn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;

/** Asks the JDK's jdeps what the packages depend on, and compares with what they may. */
final class ArchitectureTest {

    private static final String CLASSES = "target/classes";

    /** The packages of Jinn that each package may use, besides {@code jinn.error}. */
    private static final Map<String, Set<String>> ALLOWED = Map.ofEntries(
            Map.entry("jinn.error", Set.of()),
            Map.entry("jinn.posix", Set.of()),
            Map.entry("jinn.uapi", Set.of()),
            Map.entry("jinn.uapi.kvm", Set.of("jinn.uapi")),
            Map.entry("jinn.hypervisor", Set.of("jinn.posix", "jinn.uapi", "jinn.uapi.kvm")),
            Map.entry("jinn.memory", Set.of()),
            Map.entry("jinn.bus", Set.of()),
            Map.entry("jinn.event", Set.of("jinn.posix", "jinn.virtio")),
            Map.entry("jinn.virtio", Set.of("jinn.virtio.queue", "jinn.memory")),
            Map.entry("jinn.virtio.queue", Set.of("jinn.memory")),
            Map.entry("jinn.virtio.mmio", Set.of("jinn.virtio", "jinn.virtio.queue", "jinn.memory", "jinn.bus")),
            Map.entry("jinn.virtio.device", Set.of("jinn.virtio", "jinn.virtio.queue", "jinn.memory")),
            Map.entry("jinn.virtio.console", Set.of("jinn.virtio", "jinn.virtio.queue")),
            Map.entry("jinn.extension", Set.of("jinn.virtio")),
            Map.entry("jinn.virtio.block", Set.of("jinn.virtio", "jinn.virtio.queue", "jinn.memory")),
            Map.entry("jinn.virtio.net", Set.of("jinn.virtio", "jinn.virtio.queue", "jinn.memory")),
            Map.entry("jinn.virtio.vsock", Set.of("jinn.virtio", "jinn.virtio.queue", "jinn.memory")),
            Map.entry(
                    "jinn.backend",
                    Set.of(
                            "jinn.posix",
                            "jinn.event",
                            "jinn.memory",
                            "jinn.virtio.block",
                            "jinn.virtio.console",
                            "jinn.virtio.net",
                            "jinn.virtio.vsock")),
            Map.entry("jinn.virtio.balloon", Set.of("jinn.virtio", "jinn.virtio.queue", "jinn.memory")),
            Map.entry(
                    "jinn.vhostuser",
                    Set.of("jinn.virtio", "jinn.virtio.queue", "jinn.memory", "jinn.posix", "jinn.event")),
            Map.entry("jinn.serial", Set.of("jinn.bus", "jinn.virtio")),
            Map.entry("jinn.gpio", Set.of("jinn.bus", "jinn.virtio")),
            Map.entry("jinn.interrupt", Set.of("jinn.posix", "jinn.hypervisor", "jinn.virtio")),
            Map.entry("jinn.doorbell", Set.of()),
            Map.entry(
                    "jinn.doorbell.delivery",
                    Set.of("jinn.doorbell", "jinn.posix", "jinn.hypervisor", "jinn.event", "jinn.bus", "jinn.virtio")),
            Map.entry("jinn.boot", Set.of("jinn.memory")),
            Map.entry("jinn.config", Set.of("jinn.boot")));

    /** The one package that may use all others. */
    private static final String WIRING = "jinn.vm";

    /** Who may use what is not Jinn's: the package prefix and its users. */
    private static final Map<String, Set<String>> OUTSIDE =
            Map.of("tools.jackson", Set.of("jinn.config"), "jdk.jfr", Set.of("jinn.vm", "jinn.doorbell.delivery"));

    @Test
    void packagesUseOnlyThoseTheyMay() {
        Map<String, Set<String>> forbidden = new TreeMap<>();
        edges().forEach((user, used) -> {
            Set<String> extra = new TreeSet<>(used);
            extra.removeIf(name -> name.equals(user) || isAllowed(user, name));
            if (!extra.isEmpty()) {
                forbidden.put(user, extra);
            }
        });
        assertEquals(Map.of(), forbidden);
    }

    @Test
    void everyPackageHasARule() {
        Set<String> withoutRule = new TreeSet<>(edges().keySet());
        withoutRule.removeAll(ALLOWED.keySet());
        withoutRule.remove(WIRING);
        assertEquals(Set.of(), withoutRule);
    }

    @Test
    void jdepsSeesTheEdgesThatThereAre() {
        assertTrue(edges().get("jinn.config").contains("jinn.error"));
        assertTrue(edges().get("jinn.config").contains("tools.jackson.core"));
    }

    private static boolean isAllowed(String user, String used) {
        if (used.startsWith("java.")) {
            return true;
        }
        for (Map.Entry<String, Set<String>> outside : OUTSIDE.entrySet()) {
            if (used.startsWith(outside.getKey())) {
                return outside.getValue().contains(user);
            }
        }
        return used.equals("jinn.error")
                || user.equals(WIRING)
                || ALLOWED.getOrDefault(user, Set.of()).contains(used);
    }

    /** Returns the packages that each package of Jinn uses. */
    private static Map<String, Set<String>> edges() {
        StringWriter output = new StringWriter();
        PrintWriter writer = new PrintWriter(output);
        int exitCode = ToolProvider.findFirst("jdeps")
                .orElseThrow()
                .run(
                        writer,
                        writer,
                        "--multi-release",
                        "base",
                        "-verbose:package",
                        "--module-path",
                        System.getProperty("jdk.module.path", ""),
                        CLASSES);
        assertEquals(0, exitCode, output::toString);
        Map<String, Set<String>> edges = new TreeMap<>();
        output.toString().lines().map(String::strip).forEach(line -> addEdge(edges, line));
        return edges;
    }

    /** Adds what a line {@code user -> used archive} says; lines about modules are not about packages. */
    private static void addEdge(Map<String, Set<String>> edges, String line) {
        String[] words = line.split("\\s+", -1);
        if (words.length >= 3
                && words[1].equals("->")
                && words[0].startsWith("jinn.")
                && !words[0].equals("jinn.core")) {
            edges.computeIfAbsent(words[0], user -> new TreeSet<>()).add(words[2]);
        }
    }
}
