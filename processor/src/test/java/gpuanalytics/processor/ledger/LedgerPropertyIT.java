package gpuanalytics.processor.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoCollection;
import gpuanalytics.processor.change.Purpose;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.ledger.CostReport.Cost;
import gpuanalytics.processor.ledger.CostReport.Dollars;
import gpuanalytics.processor.ledger.LedgerFile.Head;
import gpuanalytics.processor.ledger.LedgerFile.Scope;
import gpuanalytics.processor.query.Step;
import gpuanalytics.processor.store.StoreLayout;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whatever the fleet, its prices and its gaps: every dollar is accounted for, on both bases. */
class LedgerPropertyIT {

    private static final int HOURS = 4;
    private static final int GPUS = 11;
    private static final BigDecimal US_PER_HOUR = BigDecimal.valueOf(3_600_000_000L);

    private static final CostDimension[][] CUTS = {
        {},
        {CostDimension.TEAM},
        {CostDimension.MODEL, CostDimension.USER},
        {CostDimension.GPU},
        {CostDimension.HOST, CostDimension.TEAM},
        {CostDimension.GPU_MODEL, CostDimension.NAMESPACE},
        CostDimension.values()
    };

    private static final List<Step> STEPS =
            List.of(
                    new Step.Total(),
                    new Step.Fixed(Duration.ofHours(1)),
                    new Step.Fixed(Duration.ofDays(1)),
                    new Step.Calendar(Step.Unit.DAY, ZoneId.of("Asia/Tokyo")));

    private final LedgerFixture fixture = new LedgerFixture();
    private static final BigDecimal OFF = new BigDecimal("0.000001");

    /** The total is half a micro-dollar off at most, and the row of tokens less than one. */
    private static final BigDecimal OFF_WITHOUT_TOKENS = new BigDecimal("0.0000015");

    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final Instant start = LedgerFixture.hoursAgo(48 + random.nextInt(24));
    private final RandomFleet fleet = new RandomFleet(random, start, HOURS);

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void everyDollarIsAccountedForHoweverTheQuestionIsCut() throws Exception {
        fixture.priceWith(fleet.book());
        var rows = fixture.rows(fleet.events(GPUS, 300));
        var late = new ArrayList<Row>(rows.subList(0, rows.size() / 10));
        for (int from = 0; from < rows.size(); from += 700) {
            fixture.rollUp(rows.subList(from, Math.min(rows.size(), from + 700)));
            if (random.nextInt(3) == 0) {
                fixture.keeper().keep(); // what comes after it is late
            }
        }
        fixture.rollUp(late); // read again, as after a restart: they count already

        check("computed while asked");
        fixture.keeper().keep();
        assertEquals(0, report(Basis.ALLOCATION, new Step.Total()).notes().openHours(), message());
        check("stored");
        checkEachHour();
        checkDays();
    }

    @Test
    void twoProcessorsAndOneThatIsKilledLeaveNoHourUncomputed() throws Exception {
        fixture.priceWith(fleet.book());
        fixture.store(fleet.events(GPUS, 200));
        // one claims and ends
        assertTrue(fixture.hours().claim(Purpose.LEDGER, Instant.now()).isPresent(), message());
        var keepers = new ArrayList<Thread>();
        for (int i = 0; i < 2; i++) {
            keepers.add(Thread.ofPlatform().start(() -> fixture.keeper().keep()));
        }
        for (var keeper : keepers) {
            keeper.join();
        }
        fixture.keeper().keep();

        assertEquals(0, report(Basis.USAGE, new Step.Total()).notes().openHours(), message());
        assertTrue(fixture.hours().claim(Purpose.LEDGER, Instant.now()).isEmpty(), message());
        check("by two");
        assertEquals(heads(), runs(), message());
    }

    @Test
    void whatIsComputedAgainIsWhatWasComputedFirst() throws Exception {
        fixture.priceWith(fleet.book());
        fixture.store(fleet.events(GPUS, 300));
        fixture.keeper().keep();
        var first = entries();

        fixture.markAll();
        fixture.keeper().keep();
        assertEquals(first, entries(), message());

        fixture.forgetLedger();
        fixture.markAll();
        fixture.keeper().keep();
        assertEquals(first, entries(), message());
    }

    @Test
    void aPriceThatComesLaterRatesWhatIsStored() throws Exception {
        fixture.store(fleet.events(GPUS, 100));
        fixture.keeper().keep();
        var unpriced = report(Basis.ALLOCATION, new Step.Total());
        assertTrue(unpriced.notes().unpricedGpus().contains("H100"), message());

        fixture.priceWith(fleet.book());

        check("rated later");
        assertEquals(List.of("Unlisted"), report(Basis.USAGE, STEPS.get(1)).notes().unpricedGpus());
    }

    @Test
    void anOlderComputationNeverReplacesANewerOne() {
        var file = fixture.parts().hours();

        assertTrue(file.replace(head(5, "first"), someEntries(1), Instant.now()));
        assertFalse(file.replace(head(4, "older"), someEntries(2), Instant.now()));
        assertEquals(List.of("first"), parts());
        assertTrue(file.replace(head(5, "again"), someEntries(3), Instant.now()));
        assertEquals(List.of("again"), parts());
        assertEquals(
                List.of("again"),
                file.heads(start, fleet.end()).values().stream().map(Head::run).toList());
    }

    private Head head(long version, String run) {
        return new Head(start, version, version, List.of(), run, null);
    }

    private Map<Scope, Entries> someEntries(int count) {
        var entries = new Entries();
        for (int i = 0; i < count; i++) {
            entries.of(
                            new EntryKey(
                                    EntryKey.Kind.OWNED,
                                    new EntryKey.Gpu("GPU-" + i, null, null),
                                    start,
                                    null,
                                    Group.owner(null, null)))
                    .add(Amount.GAP_US, 1);
        }
        return Map.of(Scope.GPU, entries);
    }

    private List<String> parts() {
        return ledger().distinct("run", String.class).into(new ArrayList<>());
    }

    private void check(String when) {
        var covered = fleet.coveredCost(start, fleet.end());
        var gaps = fleet.gapCost(start, fleet.end());
        var all = covered.add(gaps).add(fleet.apiUsd().multiply(US_PER_HOUR));
        for (var basis : Basis.values()) {
            var total = dollars(report(basis, new Step.Total()).totals());
            assertEquals(rounded(all), total.total(), when + ", " + basis + message());
            if (basis == Basis.ALLOCATION) {
                near(gaps, total.unknown(), OFF, when + ", gaps" + message());
            }
            for (var cut : CUTS) {
                for (var step : STEPS) {
                    checkCut(report(basis, step, cut), total, when + ", " + basis);
                }
            }
        }
    }

    private void checkCut(CostReport report, Dollars total, String when) {
        var message = when + ", " + report.groupBy() + message();
        assertEquals(total, dollars(report.totals()), message);
        var attributed = BigDecimal.ZERO;
        var idle = BigDecimal.ZERO;
        var unknown = BigDecimal.ZERO;
        long requests = 0;
        for (var row : report.rows()) {
            requests += row.cost().tokens().requests();
            var usd = row.cost().usd();
            if (usd != null) {
                attributed = attributed.add(usd.attributed());
                idle = idle.add(usd.idle());
                unknown = unknown.add(usd.unknown());
            }
        }
        assertEquals(total, new Dollars(attributed, idle, unknown), message);
        assertEquals(report.totals().tokens().requests(), requests, message);
    }

    private void checkEachHour() {
        for (int hour = 0; hour < HOURS; hour++) {
            var from = start.plus(Duration.ofHours(hour));
            var to = from.plus(Duration.ofHours(1));
            var covered = fleet.coveredCost(from, to);
            var gaps = fleet.gapCost(from, to);
            var ofGpus =
                    fixture.costs(
                            from, to, new Step.Total(), Basis.ALLOCATION, CostDimension.GPU_MODEL);
            var usd = BigDecimal.ZERO;
            for (var row : ofGpus.rows()) {
                if (row.group().getFirst() != null && row.cost().usd() != null) {
                    usd = usd.add(dollars(row.cost()).total());
                }
            }
            near(covered.add(gaps), usd, OFF_WITHOUT_TOKENS, "hour " + hour + message());
        }
    }

    /** Where no GPU is asked for, days answer: hours over all GPUs are no longer needed. */
    private void checkDays() {
        var days = fixture.mongo().database().getCollection(StoreLayout.LEDGER_DAYS);
        days.deleteMany(new Document());
        fixture.keeper().keep(); // one that was killed before it came to the days
        var before = report(Basis.ALLOCATION, new Step.Total(), CostDimension.TEAM);
        ledger().deleteMany(new Document(StoreLayout.SCOPE, "all"));

        assertEquals(
                before.rows(),
                report(Basis.ALLOCATION, new Step.Total(), CostDimension.TEAM).rows(),
                message());
    }

    private static void near(
            BigDecimal exact, BigDecimal rounded, BigDecimal most, String message) {
        var off = exact.divide(US_PER_HOUR, 12, RoundingMode.HALF_EVEN).subtract(rounded).abs();
        assertTrue(off.compareTo(most) <= 0, off + " off, " + message);
    }

    private static BigDecimal rounded(BigDecimal exact) {
        return exact.divide(US_PER_HOUR, 6, RoundingMode.HALF_EVEN);
    }

    private CostReport report(Basis basis, Step step, CostDimension... cut) {
        var from = LedgerKeeper.dayOf(start);
        var to = LedgerKeeper.dayOf(fleet.end().minusSeconds(1)).plus(Duration.ofDays(1));
        return fixture.costs(from, to, step, basis, cut);
    }

    private static Dollars dollars(Cost cost) {
        var usd = cost.usd();
        assertNotNull(usd);
        return usd;
    }

    private String message() {
        return ", seed " + seed;
    }

    private long heads() {
        return ledger().countDocuments(new Document(StoreLayout.SCOPE, "head"));
    }

    /** What is stored of how many computations; what was replaced is gone. */
    private long runs() {
        return parts().size();
    }

    /** All entries of all hours, without what tells one computation from another. */
    private List<Document> entries() {
        var entries = new ArrayList<Document>();
        var parts = ledger().find(new Document(StoreLayout.SCOPE, "gpu")).into(new ArrayList<>());
        parts.forEach(part -> entries.addAll(part.getList("entries", Document.class)));
        entries.sort(Comparator.comparing(Document::toJson));
        return entries;
    }

    private MongoCollection<Document> ledger() {
        return fixture.mongo().database().getCollection(StoreLayout.LEDGER_HOURS);
    }
}
