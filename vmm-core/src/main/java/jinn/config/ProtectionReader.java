package jinn.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads whether the host can read the guest's memory. */
final class ProtectionReader {

    private static final Map<String, ProtectionMode> MODES =
            Map.of("none", ProtectionMode.NONE, "protected", ProtectionMode.PROTECTED);

    private final ObjectReader section;

    ProtectionReader(ObjectReader section) {
        this.section = section;
    }

    /** Reads the section of a VM with this machine. */
    ProtectionConfig read(MachineConfig machine) {
        ProtectionMode mode = mode();
        long swiotlbBytes = section.size("swiotlb").orElse(ProtectionConfig.DEFAULT_SWIOTLB_BYTES);
        section.finish();
        List<Violation> violations = Rules.protection(swiotlbBytes);
        if (violations.isEmpty() && mode == ProtectionMode.PROTECTED) {
            violations = Rules.bounceBuffer(swiotlbBytes, machine.memoryBytes());
        }
        section.report(violations);
        return violations.isEmpty() ? new ProtectionConfig(mode, swiotlbBytes) : ProtectionConfig.NONE;
    }

    private ProtectionMode mode() {
        Optional<String> text = section.text("mode");
        Optional<ProtectionMode> mode = text.map(MODES::get);
        if (text.isPresent() && mode.isEmpty()) {
            section.problems()
                    .add(
                            section.place("mode"),
                            Quoting.quote(text.get()) + ": must be \"none\" or \"protected\""
                                    + Nearest.question(text.get(), MODES.keySet()));
        }
        return mode.orElse(ProtectionMode.NONE);
    }
}
