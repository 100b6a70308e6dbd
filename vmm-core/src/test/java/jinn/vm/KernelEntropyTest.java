package jinn.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class KernelEntropyTest {

    @Test
    void fillsExactlyTheBytesAskedFor() {
        byte[] bytes = new byte[1100];
        new KernelEntropy().fill(bytes, 30, 1000);

        assertEquals(0, sum(bytes, 0, 30));
        assertEquals(0, sum(bytes, 1030, 1100));
        for (int start = 30; start < 1030; start += 50) {
            assertFalse(sum(bytes, start, start + 50) == 0, "50 zero bytes from " + start);
        }
    }

    @Test
    void twoFillsDiffer() {
        byte[] first = new byte[64];
        byte[] second = new byte[64];
        KernelEntropy entropy = new KernelEntropy();
        entropy.fill(first, 0, 64);
        entropy.fill(second, 0, 64);

        assertFalse(Arrays.equals(first, second));
    }

    private static int sum(byte[] bytes, int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i++) {
            sum += Byte.toUnsignedInt(bytes[i]);
        }
        return sum;
    }
}
