package gpuanalytics.processor.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.processor.ledger.Claim.Method;
import gpuanalytics.processor.ledger.Claim.Weight;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AttributionTest {

    private static final long MINUTE = GpuMinute.MINUTE_US;

    @Test
    void aMinuteIsSplitByThePrefillAndDecodeTimeOfItsTokens() {
        var minute = new GpuMinute(MINUTE, 6_000_000L, 500_000L);

        var split = Attribution.of(minute, List.of(times(10, 20), times(0, 30)));

        assertEquals(Method.TIME, split.method());
        assertEquals(10_000_000, split.us(Basis.ALLOCATION).input(0));
        assertEquals(20_000_000, split.us(Basis.ALLOCATION).output(0));
        assertEquals(30_000_000, split.us(Basis.ALLOCATION).output(1));
        assertEquals(0, split.us(Basis.ALLOCATION).idle());
        assertEquals(15_000_000, split.us(Basis.USAGE).output(1));
        assertEquals(30_000_000, split.us(Basis.USAGE).idle());
        var joules = split.uj(Basis.ALLOCATION);
        assertNotNull(joules);
        assertEquals(3_000_000, joules.output(1));
    }

    @Test
    void whereATimeIsMissingTokensDecideForAllAndOnesThatComeOutWeighTwoAndAHalf() {
        var known = new Claim(new Weight(5, 5), Claim.ofTokens(100, 0), true);
        var unknown = new Claim(new Weight(0, 0), Claim.ofTokens(0, 80), false);

        var split = Attribution.of(new GpuMinute(MINUTE, null, null), List.of(known, unknown));

        assertEquals(Method.TOKENS, split.method());
        assertEquals(20_000_000, split.us(Basis.ALLOCATION).input(0));
        assertEquals(40_000_000, split.us(Basis.ALLOCATION).output(1));
        assertNull(split.uj(Basis.ALLOCATION), "absent is not zero");
    }

    @Test
    void aMinuteThatNobodyClaimsIsIdle() {
        var split = Attribution.of(new GpuMinute(45_000_000, 9L, 0L), List.of());

        for (var basis : Basis.values()) {
            assertEquals(45_000_000, split.us(basis).idle());
            assertEquals(0, split.us(basis).unknown());
        }
    }

    @Test
    void howMuchWasUsedOfAGpuThatDoesNotSayHowBusyItIsIsUnknown() {
        var split = Attribution.of(new GpuMinute(MINUTE, null, null), List.of(times(1, 1)));

        assertEquals(MINUTE, split.us(Basis.USAGE).unknown());
        assertEquals(0, split.us(Basis.USAGE).idle());
        assertEquals(0, split.us(Basis.ALLOCATION).unknown());
    }

    @Test
    void attributedAndIdleAreTheMinuteToTheLastMicrosecondAndMicrojoule() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            var minute =
                    new GpuMinute(
                            random.nextLong(MINUTE + 1),
                            random.nextBoolean() ? random.nextLong(600_000_000_000L) : null,
                            random.nextBoolean() ? random.nextLong(GpuMinute.ALL + 1) : null);
            var claims = claims(random);
            var split = Attribution.of(minute, claims);
            for (var basis : Basis.values()) {
                assertEquals(minute.coveredUs(), split.us(basis).total(), "seed " + seed);
                var uj = split.uj(basis);
                if (minute.energyUj() == null) {
                    assertNull(uj);
                } else {
                    assertNotNull(uj);
                    assertEquals(minute.energyUj(), uj.total(), "seed " + seed);
                }
            }
            checkFair(minute, claims, split, seed);
        }
    }

    /** Each share is at most one microsecond from the exact one. */
    private static void checkFair(
            GpuMinute minute, List<Claim> claims, Attribution split, long seed) {
        double all = 0;
        for (var claim : claims) {
            var weight = claim.weight(split.method());
            all += weight.input() + (double) weight.output();
        }
        for (int i = 0; all > 0 && i < claims.size(); i++) {
            double exact =
                    minute.coveredUs() * (claims.get(i).weight(split.method()).input() / all);
            double got = split.us(Basis.ALLOCATION).input(i);
            assertTrue(Math.abs(got - exact) <= 1.001, got + " for " + exact + ", seed " + seed);
        }
    }

    @Test
    void roundedNumbersAddUpToTheRoundedTotal() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < 5000; i++) {
            var numbers = new ArrayList<BigDecimal>();
            var sum = BigDecimal.ZERO;
            for (int n = random.nextInt(6); n >= 0; n--) {
                var number =
                        random.nextInt(4) == 0
                                ? BigDecimal.ZERO
                                : BigDecimal.valueOf(random.nextLong(1L << 40), 12);
                numbers.add(number);
                sum = sum.add(number);
            }
            var total = sum.setScale(6, RoundingMode.HALF_EVEN);

            var rounded = LargestRemainder.round(numbers, total, 6);

            var added = rounded.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
            assertEquals(0, total.compareTo(added), "seed " + seed);
            for (int n = 0; n < numbers.size(); n++) {
                var off = rounded.get(n).subtract(numbers.get(n)).abs();
                assertTrue(off.compareTo(new BigDecimal("0.000001")) < 0, "seed " + seed);
                assertTrue(
                        numbers.get(n).signum() != 0 || rounded.get(n).signum() == 0,
                        "nothing is given to nobody, seed " + seed);
            }
        }
    }

    private static List<Claim> claims(Random random) {
        var claims = new ArrayList<Claim>();
        for (int n = random.nextInt(8); n > 0; n--) {
            var times = new Weight(random.nextLong(1L << 40), random.nextLong(1L << 40));
            claims.add(
                    new Claim(
                            random.nextInt(5) == 0 ? new Weight(0, 0) : times,
                            Claim.ofTokens(random.nextInt(100_000), random.nextInt(3)),
                            random.nextInt(4) > 0));
        }
        return claims;
    }

    private static Claim times(long prefill, long decode) {
        return new Claim(new Weight(prefill, decode), Claim.ofTokens(1, 1), true);
    }
}
