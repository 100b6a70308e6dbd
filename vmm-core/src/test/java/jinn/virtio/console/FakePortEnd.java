package jinn.virtio.console;

import java.io.ByteArrayOutputStream;

/** A program at a port's end that takes as much as it is told to. */
public class FakePortEnd implements PortEnd {

    /** What the guest has written. */
    public final ByteArrayOutputStream output = new ByteArrayOutputStream();

    /** How many bytes it takes from now on. */
    public int room = Integer.MAX_VALUE;

    /** Whether there is somebody. */
    public boolean open = true;

    Port port;
    int spaceTold;

    @Override
    public void connect(Port newPort) {
        port = newPort;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public int write(byte[] bytes, int offset, int length) {
        int taken = Math.min(room, length);
        output.write(bytes, offset, taken);
        room -= taken;
        return taken;
    }

    @Override
    public void inputSpace() {
        spaceTold++;
    }
}
