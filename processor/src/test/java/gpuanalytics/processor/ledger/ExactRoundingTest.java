package gpuanalytics.processor.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.processor.ledger.EntryKey.Gpu;
import gpuanalytics.processor.ledger.EntryKey.Kind;
import gpuanalytics.processor.ledger.ExportRows.Entry;
import gpuanalytics.processor.price.Market;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExactRoundingTest {

    private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
    private static final Instant END = Instant.parse("2026-03-01T11:00:00Z");
    private static final long HOUR_US = 3_600_000_000L;

    private static final List<Amount> PARTS =
            List.of(
                    Amount.ALLOCATION_INPUT_US,
                    Amount.ALLOCATION_OUTPUT_US,
                    Amount.ALLOCATION_IDLE_US,
                    Amount.GAP_US);

    private final Rating rating = new Rating(new TestPrices().book(), Market.ON_DEMAND);

    /**
     * Entries of parts with endless digits, whose sum is a micro-dollar's half, move to no side.
     */
    @Test
    void rowsAddUpToAHalf() throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            long microUsd = 1L + random.nextInt(9);
            // so much time at that price is an odd number of half micro-dollars
            long halves = 2L * random.nextInt(1_000_000) + 1;
            long wholeUs = halves * HOUR_US / 2;
            var entries = entries(random, wholeUs, microUsd);
            var money = Usd.time(wholeUs, BigDecimal.valueOf(microUsd, Usd.DIGITS));

            var lines = new ArrayList<BigDecimal>();
            var charges = new ArrayList<BigDecimal>();
            var ofLines = new ExactRounding();
            var ofCharges = new ExactRounding();
            for (var entry : entries) {
                ExportRows.lines(Basis.ALLOCATION)
                        .make(
                                entry,
                                rating,
                                ofLines,
                                line -> {
                                    var usd = line.cost().usd();
                                    lines.add(usd == null ? BigDecimal.ZERO : usd.total());
                                });
                ExportRows.charges(Basis.ALLOCATION)
                        .make(entry, rating, ofCharges, charge -> charges.add(charge.usd()));
            }
            assertEquals(Usd.rounded(money), rounded(lines), "lines, seed " + seed);
            assertEquals(Usd.rounded(money), rounded(charges), "charges, seed " + seed);
        }
    }

    private static List<Entry> entries(Random random, long wholeUs, long microUsd) {
        var key =
                new EntryKey(
                        Kind.USED,
                        new Gpu("GPU-1", "host-1", null),
                        START,
                        microUsd,
                        Group.owner("blue", null));
        var entries = new ArrayList<Entry>();
        long leftUs = wholeUs;
        while (leftUs > 0) {
            var amounts = new Amounts();
            for (var part : PARTS) {
                long us = leftUs < HOUR_US ? leftUs : random.nextLong(leftUs / 2);
                amounts.add(part, us);
                leftUs -= us;
            }
            entries.add(new Entry(START, END, key, amounts));
        }
        return entries;
    }

    private static BigDecimal rounded(List<BigDecimal> rows) {
        return rows.stream()
                .reduce(BigDecimal.ZERO, BigDecimal::add)
                .setScale(Usd.DIGITS, RoundingMode.HALF_EVEN);
    }

    @Test
    void eachRowIsNearWhatItCosts() {
        var usd = new ExactRounding();
        for (long us : List.of(1L, 7L, 1_000_003L, HOUR_US, 5L * HOUR_US + 11)) {
            var money = Usd.time(us, new BigDecimal("2.123457"));
            var off = usd.next(money).subtract(Usd.dollars(money)).abs();
            assertTrue(off.compareTo(new BigDecimal("0.0000000000000002")) < 0, us + " off " + off);
        }
    }
}
