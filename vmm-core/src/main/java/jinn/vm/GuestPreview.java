package jinn.vm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import jinn.boot.BootPlan;
import jinn.boot.DeviceTreeSource;
import jinn.boot.GuestDescription.Range;
import jinn.boot.GuestLayout;
import jinn.config.DoorbellConfig;
import jinn.config.GuestMap;
import jinn.config.VmConfig;

/**
 * What a VM's guest would find, without running it. Every method throws {@link jinn.error.ImageException} when the VM's
 * images cannot boot.
 */
public final class GuestPreview {

    private GuestPreview() {}

    /** What a region of guest-physical addresses is. */
    public enum Kind {
        /** Registers, RAM, or a window, as the machine has it. */
        MACHINE,
        /** A file, or the device tree, in RAM. */
        IMAGE,
        /** A doorbell. */
        DOORBELL
    }

    /**
     * A region of guest-physical addresses.
     *
     * @param start the first byte
     * @param end the byte after the last
     * @param name what is there
     * @param detail more about it, for example the file; may be empty
     */
    public record Region(Kind kind, long start, long end, String name, String detail) {}

    /** Returns all regions in ascending order; one that contains others comes before them. */
    public static List<Region> addressMap(VmConfig vm) {
        BootPlan plan = BootCheck.plan(vm);
        List<Region> regions = new ArrayList<>();
        for (GuestMap.Range range : GuestMap.ranges(vm.machine(), vm.devices())) {
            regions.add(machine(range.start(), range.start() + range.bytes(), range.owner()));
        }
        regions.add(machine(
                GuestLayout.DOORBELLS, GuestLayout.DOORBELLS + GuestLayout.DOORBELLS_BYTES, "the doorbell window"));
        BootCheck.hardware(vm)
                .shared()
                .ifPresent(range ->
                        regions.add(machine(range.start(), range.end(), "the bounce buffer, shared with the host")));
        regions.add(image(plan.kernel(), "the kernel", vm.boot().kernel().toString()));
        plan.initrd()
                .ifPresent(range -> regions.add(image(
                        range, "the initrd", vm.boot().initrd().orElseThrow().toString())));
        regions.add(image(
                plan.deviceTree(),
                "the device tree",
                vm.boot().dtb().map(Path::toString).orElse("")));
        vm.doorbells().forEach(doorbell -> regions.add(region(doorbell)));
        regions.sort(Comparator.comparingLong(Region::start)
                .thenComparing(Comparator.comparingLong(Region::end).reversed())
                .thenComparing(Region::kind));
        return List.copyOf(regions);
    }

    /** Returns the device tree as a blob. */
    public static byte[] deviceTree(VmConfig vm) {
        return BootCheck.plan(vm).deviceTreeBlob();
    }

    /** Returns the device tree as device tree source. */
    public static String deviceTreeSource(VmConfig vm) {
        return DeviceTreeSource.of(deviceTree(vm));
    }

    private static Region machine(long start, long end, String name) {
        return new Region(Kind.MACHINE, start, end, name, "");
    }

    private static Region image(Range range, String name, String detail) {
        return new Region(Kind.IMAGE, range.start(), range.end(), name, detail);
    }

    private static Region region(DoorbellConfig doorbell) {
        String width = doorbell.length() == 0 ? "any length" : doorbell.length() + " bytes";
        String value = doorbell.match().isPresent()
                ? ", value 0x" + Long.toHexString(doorbell.match().getAsLong())
                : "";
        return new Region(
                Kind.DOORBELL,
                doorbell.address(),
                doorbell.address() + Math.max(1, doorbell.length()),
                "doorbell " + doorbell.name(),
                width + value);
    }
}
