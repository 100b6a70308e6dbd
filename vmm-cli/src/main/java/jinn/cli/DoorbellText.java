package jinn.cli;

import java.util.List;
import java.util.Locale;
import jinn.doorbell.DoorbellPath;
import jinn.doorbell.DoorbellStatus;

/** Doorbells as lines of text. */
final class DoorbellText {

    private static final List<String> TITLES =
            List.of("doorbell", "address", "length", "match", "path", "kernel", "userspace");

    private DoorbellText() {}

    /** Returns for example {@code doorbell demo: 3 (kernel)}: all rings so far and who delivered them. */
    static String ring(DoorbellStatus status) {
        long total = status.kernelRings() + status.userspaceRings();
        return "doorbell " + status.name() + ": " + total + " (" + deliveredBy(status) + ")";
    }

    /** Returns for example {@code doorbell one: at 0x0b000010/4, match 0x1, path userspace (the driver has ...)}. */
    static String path(DoorbellStatus status) {
        String reason = status.reason().isEmpty() ? "" : " (" + status.reason() + ")";
        return "doorbell " + status.name() + ": at " + address(status) + "/" + length(status) + ", match "
                + status.match() + ", path " + pathName(status.path()) + reason;
    }

    /** Returns a table with a title line; a doorbell that is not the kernel's has the reason behind its row. */
    static List<String> table(List<DoorbellStatus> doorbells) {
        return TextTable.lines(
                TITLES, doorbells.stream().map(DoorbellText::cells).toList());
    }

    /** Returns the path's name as users write it. */
    static String pathName(DoorbellPath path) {
        return path.name().toLowerCase(Locale.ROOT);
    }

    private static String deliveredBy(DoorbellStatus status) {
        String byDriver = pathName(status.path() == DoorbellPath.USERSPACE ? DoorbellPath.KERNEL : status.path());
        if (status.userspaceRings() == 0) {
            return byDriver;
        }
        String byExit = pathName(DoorbellPath.USERSPACE);
        return status.kernelRings() == 0
                ? byExit
                : status.kernelRings() + " " + byDriver + ", " + status.userspaceRings() + " " + byExit;
    }

    private static String address(DoorbellStatus doorbell) {
        return String.format("0x%08x", doorbell.address());
    }

    private static String length(DoorbellStatus doorbell) {
        return doorbell.length() == 0 ? "any" : Integer.toString(doorbell.length());
    }

    private static List<String> cells(DoorbellStatus doorbell) {
        return List.of(
                doorbell.name(),
                address(doorbell),
                length(doorbell),
                doorbell.match(),
                pathName(doorbell.path()),
                Long.toString(doorbell.kernelRings()),
                Long.toString(doorbell.userspaceRings()),
                doorbell.reason());
    }
}
