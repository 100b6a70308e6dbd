package jinn.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DoorbellIndexTest {

    private static final long ADDRESS = 0x0b00_0000L;

    @ParameterizedTest
    @CsvSource({
        // length and match of the first, offset, length and match of the second, collide?
        "4, ,  0, 4, ,  true",
        "4, ,  0, 4, 1, true",
        "4, 1, 0, 4, ,  true",
        "4, 1, 0, 4, 1, true",
        "4, 1, 0, 4, 2, false",
        "4, 1, 0, 2, 1, false",
        "4, ,  0, 2, ,  false",
        "0, ,  0, 4, ,  true",
        "0, ,  0, 4, 1, true",
        "4, 1, 0, 0, ,  true",
        "0, ,  0, 0, ,  true",
        "0, ,  8, 0, ,  false",
        "8, ,  4, 4, ,  false",
    })
    void collidesByAddressLengthAndMatch(
            int firstLength, Long firstMatch, long offset, int secondLength, Long secondMatch, boolean collide) {
        DoorbellIndex index = new DoorbellIndex();
        index.add(new DoorbellConfig("first", ADDRESS, firstLength, optional(firstMatch)));
        DoorbellConfig second = new DoorbellConfig("second", ADDRESS + offset, secondLength, optional(secondMatch));

        assertEquals(collide, index.add(second).isPresent());
    }

    @Test
    void namesTheEarlierDoorbellAmongManyAtOneAddress() {
        DoorbellIndex index = new DoorbellIndex();
        for (int i = 0; i < 10_000; i++) {
            assertEquals(Optional.empty(), index.add(new DoorbellConfig("d" + i, ADDRESS, 4, OptionalLong.of(i))));
        }
        assertEquals(
                "d4711",
                index.add(new DoorbellConfig("again", ADDRESS, 4, OptionalLong.of(4711)))
                        .orElseThrow()
                        .name());
    }

    private static OptionalLong optional(Long value) {
        return value == null ? OptionalLong.empty() : OptionalLong.of(value);
    }
}
