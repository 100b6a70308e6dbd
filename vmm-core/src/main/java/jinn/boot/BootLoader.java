package jinn.boot;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import jinn.boot.GuestDescription.Range;
import jinn.memory.GuestMemory;

/** Puts a guest's kernel, initrd and device tree into its memory. */
public final class BootLoader {

    /**
     * What to boot.
     *
     * @param kernel an arm64 Image
     * @param initrd handed to the kernel as it is
     * @param cmdline kernel command line, may be empty
     * @param deviceTree a blob in the place of Jinn's own
     * @param overlays merged into the device tree, in this order
     */
    public record Source(
            Path kernel, Optional<Path> initrd, String cmdline, Optional<Path> deviceTree, List<Path> overlays) {}

    /**
     * How the first vCPU starts (booting.rst, section 4): at {@code entry}, with the device tree's address in x0.
     *
     * @param entry guest-physical address of the first instruction
     * @param deviceTree guest-physical address of the device tree
     * @param deviceTreeBytes its size
     */
    public record Entry(long entry, long deviceTree, long deviceTreeBytes) {}

    private BootLoader() {}

    /**
     * Loads everything.
     *
     * @param memory RAM from {@link GuestLayout#RAM} on, in one region; the shared part of RAM may be left out
     * @throws jinn.error.ImageException if a file cannot be used or RAM is too small; memory may then be partly written
     */
    public static Entry load(GuestMemory memory, Source source, GuestHardware hardware) {
        BootPlan plan = BootPlan.of(source, hardware);
        plan.load(memory);
        Range deviceTree = plan.deviceTree();
        return new Entry(plan.kernel().start(), deviceTree.start(), deviceTree.end() - deviceTree.start());
    }
}
