package gpuanalytics.processor.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever prices follow each other, sums are those of each time by itself. */
class MoneyTest {

    private static final List<BigDecimal> PRICES =
            List.of(
                    BigDecimal.ZERO,
                    new BigDecimal("2"),
                    new BigDecimal("2.00"),
                    new BigDecimal("3.333333"),
                    new BigDecimal("0.000001"));

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    @Test
    void timesOfAnyPricesAddUpExactly() {
        var money = new Money();
        var expected = new BigDecimal[] {BigDecimal.ZERO, BigDecimal.ZERO, BigDecimal.ZERO};
        for (int i = 0; i < 1000; i++) {
            var price = PRICES.get(random.nextInt(PRICES.size()));
            var us = random.longs(4, 0, 3_600_000_000L).toArray();
            money.priceIs(price);
            money.addUsed(us[0], us[1]);
            money.addUnused(us[2], us[3]);
            expected[0] = expected[0].add(Usd.time(us[0] + us[1], price));
            expected[1] = expected[1].add(Usd.time(us[2], price));
            expected[2] = expected[2].add(Usd.time(us[3], price));
            if (random.nextInt(10) == 0) {
                checkEqual(expected[0], money.attributed());
            }
        }

        checkEqual(expected[0], money.attributed());
        checkEqual(expected[1], money.idle());
        checkEqual(expected[2], money.unknown());
        checkEqual(expected[0].add(expected[1]).add(expected[2]), money.total());
    }

    private void checkEqual(BigDecimal expected, BigDecimal actual) {
        assertEquals(expected.stripTrailingZeros(), actual.stripTrailingZeros(), "seed " + seed);
    }
}
