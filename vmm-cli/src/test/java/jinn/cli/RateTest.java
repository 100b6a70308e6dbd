package jinn.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RateTest {

    @Test
    void isOfTheTimeBetweenTwoAnswers() {
        assertEquals(2000, Rate.millisBetween(answerAt(5000), answerAt(7000)));
        assertEquals("2.5/s", Rate.perSecond(5, 2000));
        assertEquals("0.0/s", Rate.perSecond(0, 2000));
    }

    @Test
    void isFiniteBetweenAnswersOfTheSameMillisecond() {
        assertEquals("3000.0/s", Rate.perSecond(3, 0));
    }

    private static Map<String, Object> answerAt(long uptimeMs) {
        return Map.of("uptimeMs", BigInteger.valueOf(uptimeMs));
    }
}
