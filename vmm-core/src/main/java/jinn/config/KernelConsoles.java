package jinn.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The {@code console=} words of a kernel command line (Linux admin-guide/kernel-parameters.txt). One that names a device
 * the VM lacks is no error to Linux: it boots and shows nothing.
 */
final class KernelConsoles {

    private static final String WORD = "console=";
    private static final String SERIAL = "ttyAMA0";

    /** Consoles that need no device of the VM: virtual terminals, the null console, the network's. */
    private static final Pattern WITHOUT_DEVICE = Pattern.compile("|null|tty[0-9]*|ttynull|netcon[0-9]*");

    private KernelConsoles() {}

    /** Returns a violation for each word that names a device other than the PL011 and the virtio consoles. */
    static List<Violation> check(String cmdline, List<DeviceConfig> devices) {
        long virtioConsoles =
                devices.stream().filter(DeviceConfig.Console.class::isInstance).count();
        List<String> present = Stream.concat(
                        Stream.of(SERIAL), LongStream.range(0, virtioConsoles).mapToObj(i -> "hvc" + i))
                .toList();
        List<Violation> violations = new ArrayList<>();
        for (String word : kernelWords(cmdline)) {
            String device =
                    word.startsWith(WORD) ? word.substring(WORD.length()).split(",", 2)[0] : SERIAL;
            if (!present.contains(device) && !WITHOUT_DEVICE.matcher(device).matches()) {
                violations.add(new Violation("cmdline", Quoting.quote(word), rule(device, present)));
            }
        }
        return violations;
    }

    private static String rule(String device, List<String> present) {
        String rule = "must name a console that the VM has, which is " + String.join(" or ", present);
        return device.startsWith("hvc") ? rule + "; each device {\"type\": \"console\"} adds an hvc" : rule;
    }

    /** Returns the words up to {@code --}, behind which are the first process's; double quotes keep blanks together. */
    private static List<String> kernelWords(String cmdline) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        for (char c : (cmdline + " ").toCharArray()) {
            if (c == '"') {
                quoted = !quoted;
            } else if (quoted || !Character.isWhitespace(c)) {
                word.append(c);
            } else if (word.toString().equals("--")) {
                return words;
            } else {
                words.add(word.toString());
                word.setLength(0);
            }
        }
        return words;
    }
}
