package jinn.boot;

import java.util.Optional;
import jinn.boot.BootLoader.Source;
import jinn.boot.GuestDescription.Range;
import jinn.memory.GuestMemory;

/** What goes into a guest's memory and where, decided and checked before there is a guest. */
public final class BootPlan {

    private final LinuxImage kernel;
    private final Optional<BootFile> initrd;
    private final GuestLayout.Placement place;
    private final byte[] deviceTree;

    private BootPlan(LinuxImage kernel, Optional<BootFile> initrd, GuestLayout.Placement place, byte[] deviceTree) {
        this.kernel = kernel;
        this.initrd = initrd;
        this.place = place;
        this.deviceTree = deviceTree;
    }

    /**
     * Looks at the files and places them.
     *
     * @throws jinn.error.ImageException if a file cannot be used or RAM is too small, naming the file
     */
    public static BootPlan of(Source source, GuestHardware hardware) {
        LinuxImage kernel = LinuxImage.open(source.kernel());
        Optional<BootFile> initrd = source.initrd().map(InitrdFile::open);
        GuestLayout.Placement place = GuestLayout.place(
                hardware.privateBytes(), kernel, initrd.map(BootFile::bytes).orElse(0L));
        Optional<Range> initrdRange = initrd.map(file -> new Range(place.initrd(), place.initrd() + file.bytes()));
        byte[] deviceTree =
                GuestDeviceTree.build(source, new GuestDescription(hardware, source.cmdline(), initrdRange));
        return new BootPlan(kernel, initrd, place, deviceTree);
    }

    /** Returns where the kernel goes, its uninitialised data included. It is entered at the first byte. */
    public Range kernel() {
        return new Range(place.kernel(), place.kernel() + kernel.footprintBytes());
    }

    /** Returns where the initrd goes, if there is one. */
    public Optional<Range> initrd() {
        return initrd.map(file -> new Range(place.initrd(), place.initrd() + file.bytes()));
    }

    /** Returns where the device tree goes. */
    public Range deviceTree() {
        return new Range(place.deviceTree(), place.deviceTree() + deviceTree.length);
    }

    /** Returns a copy of the device tree. */
    public byte[] deviceTreeBlob() {
        return deviceTree.clone();
    }

    /**
     * Copies everything into guest memory.
     *
     * @param memory RAM from {@link GuestLayout#RAM} on, in one region
     * @throws jinn.error.ImageException if a file cannot be read any more; memory may then be partly written
     */
    void load(GuestMemory memory) {
        kernel.load(memory, place.kernel());
        initrd.ifPresent(file -> file.load(memory, place.initrd()));
        memory.copyTo(place.deviceTree(), deviceTree, 0, deviceTree.length);
    }
}
