package jinn.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import jinn.control.Request.BadRequestException;
import jinn.control.Request.Command;
import org.junit.jupiter.api.Test;

final class RequestTest {

    private static final byte[] ORIGINAL = "{\"id\":12,\"command\":\"stop\"}".getBytes(StandardCharsets.UTF_8);

    @Test
    void readsIdAndCommand() throws BadRequestException {
        assertEquals(new Request(Optional.of(BigInteger.valueOf(12)), Command.STOP), Request.parse(ORIGINAL));
    }

    /** A mutated line is a request only if it still says what a request says. */
    @Test
    void takesNoneOfAHundredThousandMutationsForWhatItIsNot() {
        Random random = new Random(1);
        int accepted = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] line = mutated(ORIGINAL, random);
            try {
                Request request = Request.parse(line);
                String text = new String(line, StandardCharsets.UTF_8);
                assertEquals(Command.STOP, request.command(), text);
                assertTrue(text.contains("\"command\"") && text.contains("\"stop\""), text);
                accepted++;
            } catch (BadRequestException e) {
                assertTrue(e.getMessage().length() < 200, e.getMessage());
            }
        }
        assertTrue(accepted > 1000 && accepted < 50_000, accepted + " accepted");
    }

    /** Changes, inserts, removes or repeats some bytes, none of them a newline. */
    static byte[] mutated(byte[] original, Random random) {
        byte[] bytes = original;
        for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            int at = random.nextInt(bytes.length);
            byte any =
                    (byte) (random.nextBoolean() ? "{}[]\",:\\0e-. ".charAt(random.nextInt(13)) : random.nextInt(256));
            byte value = any == '\n' ? 0 : any;
            switch (random.nextInt(4)) {
                case 0 -> {
                    bytes = bytes.clone();
                    bytes[at] = value;
                }
                case 1 -> bytes = joined(Arrays.copyOf(bytes, at), new byte[] {value}, tail(bytes, at));
                case 2 -> bytes = bytes.length > 1 ? joined(Arrays.copyOf(bytes, at), tail(bytes, at + 1)) : bytes;
                default -> bytes = joined(Arrays.copyOf(bytes, at), tail(bytes, at), tail(bytes, at));
            }
        }
        return bytes;
    }

    private static byte[] tail(byte[] bytes, int from) {
        return Arrays.copyOfRange(bytes, from, bytes.length);
    }

    private static byte[] joined(byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        byte[] result = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, result, at, part.length);
            at += part.length;
        }
        return result;
    }
}
