package jinn.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import jinn.boot.GuestLayout;
import jinn.boot.LinuxImage;
import jinn.config.VmConfig;
import jinn.error.ImageException;

/** Whether a VM's images can boot, as far as that can be said without running it. */
public final class BootCheck {

    private BootCheck() {}

    /**
     * Checks that the kernel is an arm64 Image and that all images fit into the machine's memory.
     *
     * @throws ImageException if not, naming the file
     */
    public static void check(VmConfig vm) {
        LinuxImage kernel = LinuxImage.open(vm.boot().kernel());
        long initrdBytes = vm.boot().initrd().map(BootCheck::size).orElse(0L);
        GuestLayout.place(vm.machine().memoryBytes(), kernel, initrdBytes);
    }

    private static long size(Path initrd) {
        try {
            return Files.size(initrd);
        } catch (IOException e) {
            throw new ImageException("initrd " + initrd + ": cannot be looked at: " + e.getMessage(), e);
        }
    }
}
