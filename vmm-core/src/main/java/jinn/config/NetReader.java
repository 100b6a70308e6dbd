package jinn.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jinn.config.JsonValue.TextValue;

/** Reads a network device. */
final class NetReader {

    private static final Map<String, NetBackendKind> BACKENDS = Stream.of(NetBackendKind.values())
            .collect(Collectors.toMap(kind -> kind.name().toLowerCase(Locale.ROOT), Function.identity()));

    /** Which backend a key is for; the keys that are not here are for all. */
    private static final Map<String, NetBackendKind> OWNERS = Map.of(
            "socket", NetBackendKind.PASST,
            "forward", NetBackendKind.PASST,
            "tap", NetBackendKind.TAP,
            "queues", NetBackendKind.TAP);

    /** [ADDRESS/]PORTS[:PORTS] where PORTS is a port or a range. */
    private static final Pattern FORWARD =
            Pattern.compile("(?:[0-9a-fA-F.:]+/)?(\\d{1,5})(?:-(\\d{1,5}))?(?::(\\d{1,5})(?:-(\\d{1,5}))?)?");

    private static final int MAXIMUM_PORT = 0xffff;

    /** dev_valid_name() of Linux: no slash, colon or blank; IFNAMSIZ has room for 15 bytes. */
    private static final Pattern INTERFACE = Pattern.compile("(?!\\.{1,2}$)[^/:\\s\\x00]{1,15}");

    private final Path description;
    private final Problems problems;

    NetReader(Path description, Problems problems) {
        this.description = description;
        this.problems = problems;
    }

    DeviceConfig.Net read(ObjectReader device) {
        NetBackendKind backend = backend(device);
        Optional<MacAddress> mac = mac(device);
        OptionalInt mtu = device.integer("mtu");
        mtu.ifPresent(bytes -> device.report(Rules.mtu(bytes)));
        Optional<Path> socket = new FileReferences(description, device).path("socket");
        PortForwards forward = device.object("forward").map(this::forward).orElse(PortForwards.NONE);
        Optional<String> tap = tap(device);
        int queues = device.integer("queues").orElse(1);
        device.report(Rules.queuePairs(queues));
        refuseForeignKeys(device, backend);
        if (backend == NetBackendKind.TAP) {
            device.require("tap", "the name of the host's interface, because the backend is \"tap\"");
        }
        if (device.has("socket") && device.has("forward")) {
            problems.add(
                    device.place("forward"),
                    "only without \"socket\": a passt that runs already has been told what it forwards");
        }
        return new DeviceConfig.Net(backend, mac, mtu, socket, forward, tap, queues);
    }

    private NetBackendKind backend(ObjectReader device) {
        Optional<String> text = device.text("backend");
        Optional<NetBackendKind> backend = text.map(BACKENDS::get);
        if (text.isPresent() && backend.isEmpty()) {
            problems.add(
                    device.place("backend"),
                    Quoting.quote(text.get()) + ": must be \"passt\" or \"tap\""
                            + Nearest.question(text.get(), BACKENDS.keySet()));
        }
        return backend.orElse(NetBackendKind.PASST);
    }

    private Optional<MacAddress> mac(ObjectReader device) {
        return device.text("mac").flatMap(text -> {
            Optional<MacAddress> mac = MacAddress.parse(text);
            if (mac.isEmpty()) {
                problems.add(
                        device.place("mac"),
                        Quoting.quote(text) + ": must be the address of one interface, as in \"52:54:00:12:34:56\","
                                + " with an even first byte");
            }
            return mac;
        });
    }

    private Optional<String> tap(ObjectReader device) {
        return device.text("tap").filter(name -> {
            boolean good = INTERFACE.matcher(name).matches() && name.getBytes(StandardCharsets.UTF_8).length <= 15;
            if (!good) {
                problems.add(
                        device.place("tap"),
                        Quoting.quote(name) + ": must be the name of an interface, 1 to 15 bytes without '/', ':' and"
                                + " blanks");
            }
            return good;
        });
    }

    private void refuseForeignKeys(ObjectReader device, NetBackendKind backend) {
        OWNERS.forEach((key, owner) -> {
            if (device.has(key) && owner != backend) {
                problems.add(
                        device.place(key),
                        "only with the backend \"" + owner.name().toLowerCase(Locale.ROOT) + "\"");
            }
        });
    }

    private PortForwards forward(ObjectReader forward) {
        List<String> tcp = forwards(forward, "tcp");
        List<String> udp = forwards(forward, "udp");
        forward.finish();
        return new PortForwards(tcp, udp);
    }

    private List<String> forwards(ObjectReader forward, String key) {
        List<String> entries = new ArrayList<>();
        for (JsonValue value : forward.array(key)) {
            if (value instanceof TextValue text && isForward(text.text())) {
                entries.add(text.text());
            } else if (!(value instanceof JsonValue.ToldValue)) {
                problems.add(
                        value.place(),
                        value.shown()
                                + ": must be a port of the host from 1 to 65535, and the guest's if it is another:"
                                + " \"80\", \"8080:80\", \"127.0.0.1/8080:80\" or ranges as \"8000-8009:80-89\"");
            }
        }
        return entries;
    }

    private static boolean isForward(String text) {
        Matcher matcher = FORWARD.matcher(text);
        if (!matcher.matches()) {
            return false;
        }
        int first = port(matcher.group(1));
        int last = matcher.group(2) == null ? first : port(matcher.group(2));
        int target = matcher.group(3) == null ? first : port(matcher.group(3));
        int lastTarget = matcher.group(4) == null ? target : port(matcher.group(4));
        boolean sameLength = matcher.group(4) == null || last - first == lastTarget - target;
        return first >= 1
                && first <= last
                && last <= MAXIMUM_PORT
                && target >= 1
                && target <= lastTarget
                && target + (last - first) <= MAXIMUM_PORT
                && sameLength;
    }

    private static int port(String digits) {
        return Integer.parseInt(digits);
    }
}
