package jinn.uapi;

/** Encodes ioctl request numbers as asm-generic/ioctl.h does: direction, argument size, type, number. */
public final class Ioc {

    private static final int WRITE = 1;
    private static final int READ = 2;
    private static final int DIRECTION_SHIFT = 30;
    private static final int SIZE_SHIFT = 16;
    private static final int TYPE_SHIFT = 8;

    private Ioc() {}

    /** _IO: no argument, or one whose size the number does not tell. */
    public static long none(int type, int number) {
        return encode(0, type, number, 0);
    }

    /** _IOW: user space writes a structure of {@code bytes} bytes. */
    public static long write(int type, int number, long bytes) {
        return encode(WRITE, type, number, bytes);
    }

    /** _IOR: user space reads a structure of {@code bytes} bytes. */
    public static long read(int type, int number, long bytes) {
        return encode(READ, type, number, bytes);
    }

    /** _IOWR: user space writes and reads back a structure of {@code bytes} bytes. */
    public static long writeRead(int type, int number, long bytes) {
        return encode(WRITE | READ, type, number, bytes);
    }

    private static long encode(int direction, int type, int number, long bytes) {
        return ((long) direction << DIRECTION_SHIFT) | (bytes << SIZE_SHIFT) | ((long) type << TYPE_SHIFT) | number;
    }
}
