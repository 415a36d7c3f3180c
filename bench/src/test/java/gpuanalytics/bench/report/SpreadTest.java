package gpuanalytics.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SpreadTest {

    @Test
    void takesTheMiddleOfAnOddNumber() {
        assertEquals(new Spread(2, 1, 9), Spread.of(List.of(9.0, 1.0, 2.0)));
    }

    @Test
    void takesTheMeanOfTheMiddleTwoOfAnEvenNumber() {
        assertEquals(new Spread(3, 1, 9), Spread.of(List.of(9.0, 4.0, 1.0, 2.0)));
    }

    @Test
    void refusesNoValues() {
        assertThrows(IllegalArgumentException.class, () -> Spread.of(List.of()));
    }

    @Test
    void leavesTheRangeOutWhereThereIsNone() {
        assertEquals("1,234", Spread.of(List.of(1234.4)).text(0));
        assertEquals("2.0 (1.0–3.0)", Spread.of(List.of(1.0, 2.0, 3.0)).text(1));
    }
}
