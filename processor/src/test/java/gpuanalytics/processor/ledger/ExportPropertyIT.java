package gpuanalytics.processor.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.processor.ledger.Charge.Meter;
import gpuanalytics.processor.ledger.CostReport.Dollars;
import gpuanalytics.processor.query.QueryWindow;
import gpuanalytics.processor.query.Step;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whatever the fleet, its prices and its gaps: exports add up to what answers say, on each cut. */
class ExportPropertyIT {

    private static final int HOURS = 5;
    private static final int GPUS = 9;
    private static final Step HOURLY = new Step.Fixed(Duration.ofHours(1));
    private static final Step DAILY = new Step.Fixed(Duration.ofDays(1));
    private static final BigDecimal MICRO = new BigDecimal("0.000001");

    private static final List<List<CostDimension>> CUTS =
            List.of(
                    List.of(),
                    List.of(CostDimension.TEAM),
                    List.of(CostDimension.MODEL, CostDimension.USER),
                    List.of(CostDimension.GPU_MODEL, CostDimension.NAMESPACE),
                    List.of(CostDimension.GPU),
                    List.of(CostDimension.HOST, CostDimension.TEAM));

    private static final List<Map<CostDimension, List<String>>> FILTERS =
            List.of(
                    Map.of(),
                    Map.of(CostDimension.TEAM, List.of("team-0", "red")),
                    Map.of(CostDimension.GPU, List.of("GPU-0001")),
                    Map.of(CostDimension.MODEL, List.of(RandomFleet.API_MODEL, "")));

    private final LedgerFixture fixture = new LedgerFixture();
    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Instant start = LedgerFixture.hoursAgo(30 + random.nextInt(24));
    private final RandomFleet fleet = new RandomFleet(random, start, HOURS);

    /** A step and a group. */
    private record Place(Instant start, List<@Nullable String> group) {}

    /** Sums of rows by place: attributed, idle and unknown. */
    private static final class Sums {

        private final Map<Place, Dollars> sums = new HashMap<>();

        void add(Place place, BigDecimal attributed, BigDecimal idle, BigDecimal unknown) {
            sums.merge(
                    place,
                    new Dollars(attributed, idle, unknown),
                    (a, b) ->
                            new Dollars(
                                    a.attributed().add(b.attributed()),
                                    a.idle().add(b.idle()),
                                    a.unknown().add(b.unknown())));
        }

        BigDecimal total() {
            return sums.values().stream()
                    .map(Dollars::total)
                    .reduce(BigDecimal.ZERO, BigDecimal::add);
        }
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void rowsAddUpToTheAnswersOnEachCut() throws Exception {
        fixture.priceWith(fleet.book());
        fixture.store(fleet.events(GPUS, 150));
        checkAll("computed while asked");
        fixture.keeper().keep();
        checkAll("stored");
    }

    private void checkAll(String when) throws Exception {
        for (var basis : Basis.values()) {
            for (var filter : FILTERS) {
                for (var step : List.of(HOURLY, DAILY)) {
                    var query = new CostQuery(window(step), List.of(), filter, basis);
                    check(query, "%s, %s, %s, %s".formatted(when, basis, filter, step.text()));
                }
            }
        }
    }

    private void check(CostQuery query, String when) throws Exception {
        var lines = new ArrayList<LedgerLine>();
        fixture.queries().lines(query).rows().forEach(lines::add);
        var charges = new ArrayList<Charge>();
        fixture.queries().charges(query).rows().forEach(charges::add);
        var byGpu = query.isByGpu() || query.window().step().equals(HOURLY);
        for (var cut : CUTS) {
            if (byGpu || cut.stream().noneMatch(CostDimension::isOfOneGpu)) {
                var message = "%s, by %s, seed %d".formatted(when, cut, seed);
                var asked = new CostQuery(query.window(), cut, query.filters(), query.basis());
                var report = fixture.queries().costs(asked);
                checkMoney(report, ofLines(lines, cut), "lines " + message);
                checkMoney(report, ofCharges(charges, cut), "charges " + message);
                checkAmounts(report, lines, charges, message);
            }
        }
    }

    private static Sums ofLines(List<LedgerLine> lines, List<CostDimension> cut) {
        var sums = new Sums();
        for (var line : lines) {
            var usd = line.cost().usd();
            if (usd != null) {
                sums.add(
                        new Place(line.start(), values(line.group(), cut)),
                        usd.attributed(),
                        usd.idle(),
                        usd.unknown());
            }
        }
        return sums;
    }

    private static Sums ofCharges(List<Charge> charges, List<CostDimension> cut) {
        var sums = new Sums();
        for (var charge : charges) {
            var usd = charge.usd();
            var isIdle = charge.meter() == Meter.GPU_IDLE;
            var isUnknown = charge.meter() == Meter.GPU_UNKNOWN;
            sums.add(
                    new Place(charge.start(), values(charge.group(), cut)),
                    isIdle || isUnknown ? BigDecimal.ZERO : usd,
                    isIdle ? usd : BigDecimal.ZERO,
                    isUnknown ? usd : BigDecimal.ZERO);
        }
        return sums;
    }

    private static List<@Nullable String> values(
            List<@Nullable String> group, List<CostDimension> cut) {
        var values = new ArrayList<@Nullable String>();
        for (var dimension : cut) {
            values.add(group.get(List.of(CostDimension.values()).indexOf(dimension)));
        }
        return values;
    }

    /** Rows of an answer are rounded so that they add up: each is less than one unit away. */
    private static void checkMoney(CostReport report, Sums sums, String message) {
        var left = new HashMap<>(sums.sums);
        for (var row : report.rows()) {
            var usd = row.cost().usd();
            var sum = left.remove(new Place(row.start(), row.group()));
            if (usd == null) {
                assertTrue(sum == null || sum.total().signum() == 0, message);
            } else if (sum == null) {
                assertEquals(0, usd.total().signum(), message);
            } else {
                near(sum.attributed(), usd.attributed(), message);
                near(sum.idle(), usd.idle(), message);
                near(sum.unknown(), usd.unknown(), message);
            }
        }
        assertTrue(left.isEmpty(), () -> left + " is no row, " + message);
        var totals = report.totals().usd();
        assertEquals(
                totals == null ? BigDecimal.ZERO.setScale(6) : totals.total(),
                sums.total().setScale(6, RoundingMode.HALF_EVEN),
                message);
    }

    private static void near(BigDecimal sum, BigDecimal shown, String message) {
        assertTrue(
                sum.subtract(shown).abs().compareTo(MICRO) < 0,
                () -> "%s and %s, %s".formatted(sum, shown, message));
    }

    private static void checkAmounts(
            CostReport report, List<LedgerLine> lines, List<Charge> charges, String message) {
        var totals = report.totals();
        long requests = 0;
        double joules = 0;
        for (var line : lines) {
            requests += line.cost().tokens().requests();
            var energy = line.cost().energy();
            joules += energy == null ? 0 : energy.attributed() + energy.idle() + energy.unknown();
        }
        assertEquals(totals.tokens().requests(), requests, message);
        var energy = totals.energy();
        assertEquals(
                energy == null ? 0 : energy.attributed() + energy.idle() + energy.unknown(),
                joules,
                1e-3,
                message);
        long us = 0;
        long tokens = 0;
        for (var charge : charges) {
            us += charge.meter().isTime() ? charge.quantity() : 0;
            tokens += charge.meter().isTime() ? 0 : charge.quantity();
        }
        var time = totals.time();
        assertEquals(
                time == null
                        ? 0
                        : time.attributed() + time.idle() + time.unknown() - time.unpriced(),
                us / 1e6,
                1e-3,
                message);
        assertEquals(tokens(totals) - totals.tokens().unpriced(), tokens, message);
    }

    private static long tokens(CostReport.Cost cost) {
        var prompt = cost.tokens().prompt();
        var completion = cost.tokens().completion();
        return (prompt == null ? 0 : prompt) + (completion == null ? 0 : completion);
    }

    @Test
    void aPriceThatChangesWhileRowsAreReadChangesNoneOfThem() throws Exception {
        fixture.priceWith(fleet.book());
        fixture.store(fleet.events(GPUS, 50));
        var query = new CostQuery(window(HOURLY), List.of(), Map.of(), Basis.ALLOCATION);
        var totals = fixture.queries().costs(query).totals().usd();
        var export = fixture.queries().lines(query);

        var sum = new BigDecimal[] {BigDecimal.ZERO};
        export.rows()
                .forEach(
                        line -> {
                            fixture.priceWith(new TestPrices().book());
                            var usd = line.cost().usd();
                            sum[0] = usd == null ? sum[0] : sum[0].add(usd.total());
                        });

        assertFalse(totals == null, "seed " + seed);
        assertEquals(totals.total(), sum[0].setScale(6, RoundingMode.HALF_EVEN), "seed " + seed);
    }

    private QueryWindow window(Step step) {
        var from = LedgerKeeper.dayOf(start);
        var to = LedgerKeeper.dayOf(fleet.end().minusSeconds(1)).plus(Duration.ofDays(1));
        return QueryWindow.of(from, to, step);
    }
}
