package gpuanalytics.processor.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AmountsTest {

    @Test
    void whateverIsAddedInWhateverOrderIsThereAndNothingElseIs() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var all = Amount.values();
        var expected = new EnumMap<Amount, Long>(Amount.class);
        var amounts = new Amounts();
        for (int round = 0; round < 20; round++) {
            var others = new Amounts();
            for (int i = random.nextInt(all.length); i > 0; i--) {
                var amount = all[random.nextInt(all.length)];
                long by = random.nextInt(1000);
                others.add(amount, by);
                expected.merge(amount, by, Long::sum);
            }
            amounts.add(others);
            for (var amount : all) {
                assertEquals(expected.get(amount), amounts.find(amount), "seed " + seed);
            }
        }
        Map<Amount, Long> told = new EnumMap<>(Amount.class);
        amounts.forEach(told::put);
        assertEquals(expected, told, "seed " + seed);
    }

    @Test
    void addingToACopyLeavesWhatItWasCopiedFrom() {
        var one = new Amounts().add(Amount.REQUESTS, 1);
        var copy = new Amounts().add(one);

        copy.add(Amount.REQUESTS, 1).add(Amount.ERRORS, 5);

        assertEquals(1, one.get(Amount.REQUESTS));
        assertNull(one.find(Amount.ERRORS), "absent is not zero");
        assertEquals(0, one.get(Amount.ERRORS));
    }
}
