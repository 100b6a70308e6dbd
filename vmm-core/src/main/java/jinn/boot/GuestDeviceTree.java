package jinn.boot;

import java.nio.file.Path;
import jinn.boot.BootLoader.Source;
import jinn.boot.FdtTree.FormatException;
import jinn.error.ImageException;

/** The device tree that a guest gets: Jinn's own, or a file's, with overlays. */
final class GuestDeviceTree {

    private static final String CHOSEN = "chosen";
    private static final String BOOTARGS = "bootargs";
    private static final String INITRD_START = "linux,initrd-start";
    private static final String INITRD_END = "linux,initrd-end";

    private GuestDeviceTree() {}

    /**
     * Builds the blob.
     *
     * @throws ImageException if a file cannot be used, naming it, or the result is larger than its place
     */
    static byte[] build(Source source, GuestDescription guest) {
        byte[] blob = source.deviceTree().isEmpty() && source.overlays().isEmpty()
                ? DeviceTree.build(guest)
                : merged(source, guest).toBytes();
        if (blob.length > GuestLayout.DEVICE_TREE_BYTES) {
            throw new ImageException("cannot load device tree: it has " + blob.length + " bytes, but its place only "
                    + GuestLayout.DEVICE_TREE_BYTES);
        }
        return blob;
    }

    private static FdtTree merged(Source source, GuestDescription guest) {
        FdtTree tree = source.deviceTree().map(file -> given(file, guest)).orElseGet(() -> own(guest));
        for (Path path : source.overlays()) {
            BootFile file = BootFile.open("device tree overlay", path);
            try {
                DeviceTreeOverlay.apply(tree.root(), read(file).root());
            } catch (FormatException e) {
                throw file.failure(e.getMessage());
            }
        }
        return tree;
    }

    private static FdtTree own(GuestDescription guest) {
        try {
            return FdtTree.read(DeviceTree.build(guest));
        } catch (FormatException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The file's tree with what only Jinn knows: where the initrd is, and the command line of the description. */
    private static FdtTree given(Path path, GuestDescription guest) {
        BootFile file = BootFile.open("device tree", path);
        try {
            FdtTree tree = read(file);
            FdtNode chosen = tree.root().child(CHOSEN);
            if (!guest.cmdline().isEmpty()) {
                chosen.set(BOOTARGS, guest.cmdline());
            }
            chosen.properties().remove(INITRD_START);
            chosen.properties().remove(INITRD_END);
            guest.initrd().ifPresent(range -> {
                chosen.set(INITRD_START, range.start());
                chosen.set(INITRD_END, range.end());
            });
            return tree;
        } catch (FormatException e) {
            throw file.failure(e.getMessage());
        }
    }

    private static FdtTree read(BootFile file) throws FormatException {
        if (file.bytes() > GuestLayout.DEVICE_TREE_BYTES) {
            throw new FormatException("it has " + file.bytes() + " bytes, but the place of a device tree "
                    + GuestLayout.DEVICE_TREE_BYTES);
        }
        return FdtTree.read(file.readStart((int) GuestLayout.DEVICE_TREE_BYTES));
    }
}
