package jinn.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReadyTextTest {

    private final AtomicInteger found = new AtomicInteger();

    @ParameterizedTest
    @CsvSource({
        "login:, host login: , 1",
        "login:, login, 0",
        "login:, login:login:, 1",
        "aab, aaaab, 1",
        "abab, ababab, 1",
        "abac, ababac, 1",
        "größe, die größe, 1",
        "x, abc, 0",
    })
    void tellsOnceWhenTheTextHasCome(String text, String output, int times) {
        ReadyText ready = new ReadyText(text, found::incrementAndGet);
        byte[] bytes = output.getBytes(StandardCharsets.UTF_8);
        ready.see(bytes, 0, bytes.length);
        ready.see(bytes, 0, bytes.length);
        assertEquals(times, found.get());
    }

    @Test
    void theTextMayComeInPieces() {
        ReadyText ready = new ReadyText("ready", found::incrementAndGet);
        byte[] bytes = "..rea".getBytes(StandardCharsets.UTF_8);
        ready.see(bytes, 2, 3);
        ready.see((byte) 'd');
        assertEquals(0, found.get());
        ready.see((byte) 'y');
        assertEquals(1, found.get());
    }

    @Test
    void findsExactlyWhatASearchInTheWholeFinds() {
        Random random = new Random(3);
        for (int round = 0; round < 5_000; round++) {
            String text = letters(random, 1 + random.nextInt(6));
            String output = letters(random, random.nextInt(40));
            found.set(0);
            ReadyText ready = new ReadyText(text, found::incrementAndGet);
            for (byte letter : output.getBytes(StandardCharsets.US_ASCII)) {
                ready.see(letter);
            }
            assertEquals(output.contains(text) ? 1 : 0, found.get(), text + " in " + output);
        }
    }

    private static String letters(Random random, int length) {
        StringBuilder letters = new StringBuilder();
        for (int i = 0; i < length; i++) {
            letters.append("ab".charAt(random.nextInt(2)));
        }
        return letters.toString();
    }
}
