package jinn.vm;

import jinn.boot.BootLoader;
import jinn.boot.BootPlan;
import jinn.boot.GuestHardware;
import jinn.config.BootConfig;
import jinn.config.VmConfig;

/** Whether a VM's images can boot, as far as that can be said without running it. */
public final class BootCheck {

    private BootCheck() {}

    /**
     * Checks that the kernel is an arm64 Image, that the initrd is no kernel, that the device tree and its overlays are
     * such, and that all fits into the machine's memory.
     *
     * @throws jinn.error.ImageException if not, naming the file
     */
    public static void check(VmConfig vm) {
        plan(vm);
    }

    /** Returns what goes into the VM's memory and where; throws as {@link #check}. */
    static BootPlan plan(VmConfig vm) {
        return BootPlan.of(source(vm), hardware(vm));
    }

    /** Returns what the VM boots. */
    static BootLoader.Source source(VmConfig vm) {
        BootConfig boot = vm.boot();
        return new BootLoader.Source(boot.kernel(), boot.initrd(), boot.cmdline(), boot.dtb(), boot.overlays());
    }

    /** Returns what the VM's guest has. */
    static GuestHardware hardware(VmConfig vm) {
        return new GuestHardware(
                vm.machine().cpus(),
                vm.machine().memoryBytes(),
                vm.protection().sharedBytes(),
                vm.devices().size());
    }
}
