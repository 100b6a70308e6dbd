package jinn.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/** What values a VM's description may have. Each method returns the violations it found, in the record's order. */
final class Rules {

    /** The version of the file's format, for the key {@code version}. */
    static final int VERSION = 1;

    /** GZVM_MAX_VCPUS of the driver. */
    static final int MAX_CPUS = 8;

    static final long MIN_MEMORY_BYTES = 16L << 20;
    static final long MAX_MEMORY_BYTES = 64L << 30;

    /** The host's and the guest's page: what GenieZone maps. */
    static final long PAGE_BYTES = 4096;

    /** Linux on arm64 keeps 2048 bytes for the command line and its terminating NUL (COMMAND_LINE_SIZE). */
    static final int MAX_CMDLINE_BYTES = 2047;

    /** A block of stage 2, so that the host shares whole blocks with the guest. */
    private static final long SWIOTLB_STEP_BYTES = 2L << 20;

    private static final long MAX_SWIOTLB_BYTES = 1L << 30;

    /** More than one for each vCPU would serve nobody. */
    static final int MAX_BLOCK_QUEUES = MAX_CPUS;

    /** A thread for each vCPU and more would only take processors from each other. */
    static final int MAX_LOOPS = 16;

    /** A tenth of a second: whoever looks longer might as well never sleep. */
    static final int MAX_POLL_MICROS = 100_000;

    /** The least that IPv4 allows (RFC 791), and passt's own maximum. */
    static final int MIN_MTU = 68;

    static final int MAX_MTU = 65520;

    /** The first address that a guest can have: 0 to 2 are the hypervisor, the host itself and the host (vsock(7)). */
    static final int FIRST_CID = 3;

    /** The address of a Unix socket has 107 bytes; "_4294967295" goes behind the path. */
    static final int MAX_SOCKET_PATH_BYTES = 96;

    /** The path of a Unix socket: sun_path without its NUL (unix(7)). */
    static final int MAX_SOCKET_ADDRESS_BYTES = 107;

    /** Each takes two queues, and each queue an eventfd. */
    static final int MAX_CONSOLE_PORTS = 15;

    /** Virtio 1.2 section 5.11.4. */
    private static final int MAX_FS_TAG_BYTES = 36;

    private static final Set<Integer> DOORBELL_LENGTHS = Set.of(0, 1, 2, 4, 8);
    private static final Pattern BLOCK_ID = Pattern.compile("[ -~]{1,20}");
    private static final Pattern PORT_NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final int MAX_NAME_CHARS = 64;

    private Rules() {}

    static List<Violation> version(int version) {
        if (version > VERSION) {
            return List.of(new Violation(
                    "version",
                    Integer.toString(version),
                    "needs a newer Jinn; this one reads files up to version " + VERSION));
        }
        return version == VERSION
                ? List.of()
                : List.of(new Violation("version", Integer.toString(version), "must be " + VERSION));
    }

    static List<Violation> name(String name) {
        return isName(name)
                ? List.of()
                : List.of(new Violation("name", Quoting.quote(name), "must be 1 to 64 characters of a-z, 0-9 and '-'"));
    }

    private static boolean isName(String name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-') {
                return false;
            }
        }
        return !name.isEmpty() && name.length() <= MAX_NAME_CHARS;
    }

    static List<Violation> machine(int cpus, long memoryBytes) {
        List<Violation> violations = new ArrayList<>();
        if (cpus < 1 || cpus > MAX_CPUS) {
            violations.add(new Violation(
                    "cpus", Integer.toString(cpus), "must be 1 to " + MAX_CPUS + ", the most that the driver takes"));
        }
        if (memoryBytes < MIN_MEMORY_BYTES || memoryBytes > MAX_MEMORY_BYTES || memoryBytes % PAGE_BYTES != 0) {
            violations.add(new Violation(
                    "memory", Scalars.showSize(memoryBytes), "must be 16MiB to 64GiB, a multiple of 4KiB"));
        }
        return violations;
    }

    static List<Violation> protection(long swiotlbBytes) {
        boolean fits = swiotlbBytes >= SWIOTLB_STEP_BYTES
                && swiotlbBytes <= MAX_SWIOTLB_BYTES
                && swiotlbBytes % SWIOTLB_STEP_BYTES == 0;
        return fits
                ? List.of()
                : List.of(new Violation(
                        "swiotlb", Scalars.showSize(swiotlbBytes), "must be 2MiB to 1GiB, a multiple of 2MiB"));
    }

    /** What a protected guest has to itself is at least what a guest must have. */
    static List<Violation> bounceBuffer(long swiotlbBytes, long memoryBytes) {
        return memoryBytes - swiotlbBytes >= MIN_MEMORY_BYTES
                ? List.of()
                : List.of(new Violation(
                        "swiotlb",
                        Scalars.showSize(swiotlbBytes),
                        "must leave 16MiB of the machine's memory of " + Scalars.showSize(memoryBytes)));
    }

    static List<Violation> cmdline(String cmdline) {
        int bytes = cmdline.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_CMDLINE_BYTES) {
            return List.of(
                    new Violation("cmdline", bytes + " bytes", "must be at most " + MAX_CMDLINE_BYTES + " bytes"));
        }
        if (cmdline.indexOf('\0') >= 0) {
            return List.of(new Violation("cmdline", Quoting.quote(cmdline), "must not have a NUL character"));
        }
        return List.of();
    }

    static List<Violation> block(int queues, Optional<String> id) {
        List<Violation> violations = new ArrayList<>();
        if (queues < 1 || queues > MAX_BLOCK_QUEUES) {
            violations.add(new Violation(
                    "queues", Integer.toString(queues), "must be 1 to " + MAX_BLOCK_QUEUES + ", one for each vCPU"));
        }
        id.filter(text -> !BLOCK_ID.matcher(text).matches())
                .ifPresent(text -> violations.add(
                        new Violation("id", Quoting.quote(text), "must be 1 to 20 printable characters of ASCII")));
        return violations;
    }

    static List<Violation> loop(String name, int pollMicros) {
        List<Violation> violations = new ArrayList<>(name(name));
        if (pollMicros < 0 || pollMicros > MAX_POLL_MICROS) {
            violations.add(new Violation(
                    "poll-us", Integer.toString(pollMicros), "must be 0 to " + MAX_POLL_MICROS + " microseconds"));
        }
        return violations;
    }

    static List<Violation> mtu(int bytes) {
        return within("mtu", bytes, MIN_MTU, MAX_MTU, "must be %d to %d bytes");
    }

    static List<Violation> queuePairs(int pairs) {
        return within("queues", pairs, 1, MAX_CPUS, "must be %d to %d, as the vCPUs of a machine");
    }

    static List<Violation> cid(int cid) {
        return within("cid", cid, FIRST_CID, Integer.MAX_VALUE, "must be %d to %d; those below have other meanings");
    }

    static List<Violation> socketPath(Path path) {
        return withinBytes(
                "path",
                path,
                MAX_SOCKET_PATH_BYTES,
                "must have at most %d bytes, so that \"_\" and a port fit behind it into the address of a socket");
    }

    static List<Violation> socketAddress(Path path) {
        return withinBytes(
                "socket", path, MAX_SOCKET_ADDRESS_BYTES, "must have at most %d bytes, as the address of a socket");
    }

    private static List<Violation> withinBytes(String key, Path path, int most, String rule) {
        int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
        return bytes <= most
                ? List.of()
                : List.of(new Violation(key, Quoting.quotePath(path) + " (" + bytes + " bytes)", rule.formatted(most)));
    }

    private static List<Violation> within(String key, int value, int least, int most, String rule) {
        return value >= least && value <= most
                ? List.of()
                : List.of(new Violation(key, Integer.toString(value), String.format(Locale.ROOT, rule, least, most)));
    }

    static List<Violation> queues(int queues) {
        return queues >= 1 && queues <= MAX_BLOCK_QUEUES
                ? List.of()
                : List.of(new Violation("queues", Integer.toString(queues), "must be 1 to " + MAX_BLOCK_QUEUES));
    }

    static List<Violation> fs(String tag, boolean path, boolean socket) {
        List<Violation> violations = new ArrayList<>();
        int bytes = tag.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > MAX_FS_TAG_BYTES || tag.indexOf('\0') >= 0) {
            violations.add(new Violation(
                    "tag", Quoting.quote(tag), "must be 1 to " + MAX_FS_TAG_BYTES + " bytes without a NUL character"));
        }
        if (path == socket) {
            violations.add(new Violation(
                    "path",
                    path ? "\"path\" and \"socket\"" : "neither \"path\" nor \"socket\"",
                    "must be one of them"));
        }
        return violations;
    }

    static List<Violation> consolePortCount(int count) {
        return count <= MAX_CONSOLE_PORTS
                ? List.of()
                : List.of(new Violation("ports", count + " ports", "must be at most " + MAX_CONSOLE_PORTS));
    }

    static List<Violation> consolePorts(List<DeviceConfig.ConsolePort> ports) {
        List<Violation> violations = new ArrayList<>(consolePortCount(ports.size()));
        Set<String> names = new HashSet<>();
        for (DeviceConfig.ConsolePort port : ports) {
            if (!names.add(port.name())) {
                violations.add(new Violation(
                        "ports", Quoting.quote(port.name()), "must be unique, but an earlier port has it too"));
            }
        }
        return violations;
    }

    static List<Violation> consolePort(String name, boolean socket, boolean file) {
        List<Violation> violations = new ArrayList<>();
        if (!PORT_NAME.matcher(name).matches()) {
            violations.add(new Violation(
                    "name", Quoting.quote(name), "must be 1 to 64 characters of A-Z, a-z, 0-9, '.', '_' and '-'"));
        }
        if (socket == file) {
            violations.add(new Violation(
                    "socket",
                    socket ? "\"socket\" and \"file\"" : "neither \"socket\" nor \"file\"",
                    "must be one of them"));
        }
        return violations;
    }

    static List<Violation> doorbell(String name, long address, int length, OptionalLong match) {
        List<Violation> violations = new ArrayList<>(name(name));
        if (!DOORBELL_LENGTHS.contains(length)) {
            violations.add(new Violation(
                    "length", Integer.toString(length), "must be 1, 2, 4 or 8 bytes, or 0 for a store of any length"));
            return violations;
        }
        if (address < 0 || address >= GuestMap.END) {
            violations.add(new Violation(
                    "address", Scalars.showAddress(address), "must be below " + Scalars.showAddress(GuestMap.END)));
        } else if (length > 1 && address % length != 0) {
            violations.add(
                    new Violation("address", Scalars.showAddress(address), "must be aligned to its length " + length));
        }
        match.ifPresent(value -> match(violations, length, value));
        return violations;
    }

    private static void match(List<Violation> violations, int length, long value) {
        String shown = "0x" + Long.toHexString(value);
        if (length == 0) {
            violations.add(
                    new Violation("match", shown, "needs a length of 1, 2, 4 or 8; length 0 rings on any value"));
        } else if (length < Long.BYTES && value >>> (length * Byte.SIZE) != 0) {
            violations.add(new Violation("match", shown, "must fit into the length " + length));
        }
    }

    /** Throws what a record's constructor throws when somebody other than the loader gives it bad values. */
    static void refuse(List<Violation> violations) {
        if (!violations.isEmpty()) {
            Violation first = violations.getFirst();
            throw new IllegalArgumentException(first.key() + ": " + first.message());
        }
    }
}
