package jinn.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import jinn.control.Request.BadRequestException;
import jinn.control.Request.Command;
import org.junit.jupiter.api.Test;

final class RequestTest {

    private static final long SEED = Long.getLong("jinn.fuzz.seed", 1);
    private static final int INPUTS = Integer.getInteger("jinn.fuzz.inputs", 100_000);

    /** Far more than any line needs, also where the machine has other work. */
    private static final long LONGEST_SECONDS = 20;

    private static final List<String> ORIGINALS = List.of(
            "{\"id\":12,\"command\":\"stop\"}",
            "{\"command\":\"input\",\"data\":\"aGVsbG8K\",\"id\":\"a\"}",
            "{\"id\":-1,\"command\":\"balloon\",\"bytes\":1048576}",
            "{\"command\":\"balloon\"}",
            "{\"command\":\"resize\",\"rows\":40,\"columns\":100}",
            "{\"command\":\"events\",\"id\":\"\\u00e9\"}");

    @Test
    void readsIdAndCommand() throws BadRequestException {
        assertEquals(
                new Request(Optional.of(BigInteger.valueOf(12)), Command.STOP),
                Request.parse(ORIGINALS.getFirst().getBytes(StandardCharsets.UTF_8)));
    }

    /** A mutated line is a request only if it still says what a request says. {@code make fuzz-config} mutates more. */
    @Test
    void takesNoMutationForWhatItIsNot() {
        int accepted = 0;
        for (int i = 0; i < INPUTS; i++) {
            Random random = new Random(SEED * 1_000_003 + i);
            String original = ORIGINALS.get(random.nextInt(ORIGINALS.size()));
            byte[] line = mutated(original.getBytes(StandardCharsets.UTF_8), random);
            long started = System.nanoTime();
            accepted += accepts(line) ? 1 : 0;
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started);
            assertTrue(seconds < LONGEST_SECONDS, () -> seconds + " s for " + text(line));
        }
        assertTrue(accepted > INPUTS / 200 && accepted < INPUTS / 2, accepted + " accepted");
        System.out.println("control fuzz: seed " + SEED + ", " + INPUTS + " lines, " + accepted + " accepted");
    }

    private static boolean accepts(byte[] line) {
        try {
            assertSaysARequest(Request.parse(line), text(line));
            return true;
        } catch (BadRequestException e) {
            assertTrue(e.getMessage().length() < 200 && e.getMessage().lines().count() == 1, e.getMessage());
            return false;
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError(text(line), e);
        }
    }

    /** Asks again, in other words than the reader's, what must be so. */
    private static void assertSaysARequest(Request request, String text) {
        String word = request.command().word();
        // Only what a request may have, each key once, in any order; what is more is not accepted.
        String id = "\"id\"\\s*:\\s*(-?[0-9]{1,19}|\"([^\"\\\\]|\\\\.)*\")";
        String own = switch (request.command()) {
            case INPUT -> "|\"data\"\\s*:\\s*\"[A-Za-z0-9+/=]*\"";
            case RESIZE -> "|\"(columns|rows)\"\\s*:\\s*[0-9]{1,5}";
            case BALLOON -> "|\"bytes\"\\s*:\\s*[0-9]{1,19}";
            case STATUS, DOORBELLS, STATS, EVENTS, CONSOLE, PAUSE, RESUME, POWER_BUTTON, STOP -> "";
        };
        String member = "\\s*(\"command\"\\s*:\\s*\"" + word + "\"|" + id + own + ")\\s*";
        assertTrue(text.matches("(?s)\\s*\\{" + member + "(," + member + "){0,3}}\\s*"), text);
        assertTrue(request.data().remaining() <= Request.MAX_DATA_BYTES, text);
        assertTrue(request.bytes().orElse(0) >= 0, text);
        assertEquals(request.command() == Command.RESIZE, request.size().isPresent(), text);
        request.size().ifPresent(size -> assertTrue(size.columns() <= 65535 && size.rows() <= 65535, text));
        assertTrue(text.indexOf("\"command\"") == text.lastIndexOf("\"command\""), text);
    }

    private static String text(byte[] line) {
        return new String(line, StandardCharsets.UTF_8);
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
