package jinn.backend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Finds out from /proc/locks who has locked a file. */
final class DiskLocks {

    private static final Path LOCKS = Path.of("/proc/locks");

    /** A line is: number, kind, "ADVISORY", access, process, device and inode, range. */
    private static final int KIND = 1;

    private static final int PROCESS = 4;
    private static final int FILE = 5;
    private static final int COLUMNS = 8;

    private DiskLocks() {}

    /** Returns the holder for a message, as well as it can be said. */
    static String holderOf(Path path) {
        try {
            String file = key(path);
            Optional<String> process = Files.readString(LOCKS, StandardCharsets.US_ASCII)
                    .lines()
                    .map(line -> line.strip().split("\\s+", -1))
                    .filter(words -> words.length == COLUMNS && words[KIND].equals("FLOCK") && words[FILE].equals(file))
                    .map(words -> words[PROCESS])
                    .findFirst();
            return process.map(DiskLocks::describe).orElse("another process");
        } catch (IOException e) {
            return "another process";
        }
    }

    /** Writes the file's device and inode as /proc/locks does. */
    private static String key(Path path) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(path, "unix:dev,ino");
        long device = (long) attributes.get("dev");
        return String.format(Locale.ROOT, "%02x:%02x:%d", major(device), minor(device), (long) attributes.get("ino"));
    }

    /** The layout of dev_t in glibc: sys/sysmacros.h. */
    private static long major(long device) {
        return (device >>> 8 & 0xfff) | (device >>> 32 & ~0xfffL);
    }

    private static long minor(long device) {
        return (device & 0xff) | (device >>> 12 & ~0xffL);
    }

    private static String describe(String process) {
        if (process.equals(Long.toString(ProcessHandle.current().pid()))) {
            return "another device of this VM";
        }
        try {
            String command = Files.readString(Path.of("/proc", process, "comm")).strip();
            return "process " + process + " (" + command + ")";
        } catch (IOException e) {
            return "process " + process;
        }
    }
}
