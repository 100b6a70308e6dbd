package jinn.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class KeyboardStreamTest {

    private final KeyboardStream keyboard = new KeyboardStream();

    @Test
    void whatWasTypedIsReadInOrderAndThenTheEnd() {
        keyboard.send("poweroff".getBytes(StandardCharsets.US_ASCII));
        keyboard.send(new byte[0]);
        keyboard.send(new byte[] {(byte) 0xff});
        keyboard.close();
        assertEquals('p', keyboard.read());
        byte[] buffer = new byte[16];
        assertEquals(7, keyboard.read(buffer, 2, 14));
        assertEquals("oweroff", new String(buffer, 2, 7, StandardCharsets.US_ASCII));
        assertEquals(0xff, keyboard.read());
        assertEquals(-1, keyboard.read());
        assertEquals(-1, keyboard.read(buffer, 0, 16));
    }

    @Test
    void aReaderWaitsForTheKey() throws Exception {
        byte[] read = new byte[1];
        Thread reader = Thread.ofPlatform().start(() -> keyboard.read(read, 0, 1));
        keyboard.send(new byte[] {'x'});
        reader.join();
        assertArrayEquals(new byte[] {'x'}, read);
    }
}
