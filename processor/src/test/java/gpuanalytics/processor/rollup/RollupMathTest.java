package gpuanalytics.processor.rollup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.decode.Overflow;
import gpuanalytics.processor.decode.StoredEvent;
import gpuanalytics.processor.rollup.Effect.Amount;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RollupMathTest {

    private static final String LEAP_DAY = "2028-02-29T23:59:59.999Z";

    private final RollupMath math = new RollupMath(Duration.ofSeconds(15));

    @ParameterizedTest
    @CsvSource({
        "2026-01-31T12:00:00Z, 2026-01-31T12:00:00Z, 2026-01-31T12:00:00Z",
        "2026-01-31T12:00:59.999Z, 2026-01-31T12:00:00Z, 2026-01-31T12:00:00Z",
        "2026-01-31T12:59:59.999Z, 2026-01-31T12:59:00Z, 2026-01-31T12:00:00Z",
        LEAP_DAY + ", 2028-02-29T23:59:00Z, 2028-02-29T23:00:00Z",
        // the hour that a clock on the wall repeats or skips is two hours or none here
        "2026-03-29T01:30:00Z, 2026-03-29T01:30:00Z, 2026-03-29T01:00:00Z",
        "1969-12-31T23:59:59Z, 1969-12-31T23:59:00Z, 1969-12-31T23:00:00Z",
    })
    void putsAnEventIntoTheMinuteAndTheHourOfItsTime(Instant ts, Instant minute, Instant hour) {
        var buckets = new HashMap<Granularity, Long>();
        for (var rollup : fold(usage(0, ts, "{prompt_tokens: {$numberLong: '1'}}"))) {
            buckets.put(rollup.key().granularity(), rollup.key().bucket());
        }

        assertEquals(
                Map.of(
                        Granularity.MINUTE, minute.getEpochSecond(),
                        Granularity.HOUR, hour.getEpochSecond()),
                buckets);
    }

    @Test
    void addsTokensAndLatenciesAsIntegers() {
        var sums =
                hourSums(
                        usage(
                                0,
                                Instant.EPOCH,
                                "{prompt_tokens: {$numberLong: '100'}, latency_ms: 0.1}"),
                        usage(
                                1,
                                Instant.EPOCH,
                                "{prompt_tokens: {$numberLong: '11'}, latency_ms: 0.2, error_type:"
                                        + " 'x'}"));

        assertEquals(2, sums.get("requests"));
        assertEquals(1, sums.get("errors"));
        assertEquals(111, sums.get("prompt_tokens.sum"));
        assertEquals(2, sums.get("prompt_tokens.n"));
        assertEquals(300_000, sums.get("latency_ms.sum_micro"));
        assertEquals(1, sums.get("latency_ms.bins." + LatencyBins.of(0.1)));
        assertEquals(1, sums.get("latency_ms.bins." + LatencyBins.of(0.2)));
        assertFalse(sums.containsKey("completion_tokens.n"));
        assertFalse(sums.containsKey("ttft_ms.n"));
    }

    @ParameterizedTest
    @CsvSource({
        // as it is said, requests, errors, observations, sum of latencies
        "'', 1, 0, 1, 200000",
        "'requests: 1,', 1, 0, 1, 200000",
        "'requests: 40,', 40, 0, 40, 8000000",
        "'requests: 0,', 0, 0, 0, 0",
        "'requests: 3, error_type: \"x\",', 3, 3, 3, 600000",
        "'requests: 1000000000,', 1000000000, 0, 1000000000, 200000000000000",
    })
    void aUsageCountsTheRequestsThatItSumsUp(
            String said, long requests, long errors, long observations, long latencies) {
        var sums =
                hourSums(
                        usage(
                                0,
                                Instant.EPOCH,
                                "{%s prompt_tokens: 100, latency_ms: 0.2}".formatted(said)));

        assertEquals(requests, sums.get("requests"));
        assertEquals(errors, sums.get("errors"));
        assertEquals(requests == 0, sums.containsKey("without_request"));
        assertEquals(100, sums.get("prompt_tokens.sum"));
        assertEquals(1, sums.get("prompt_tokens.n"));
        assertEquals(observations, sums.getOrDefault("latency_ms.n", 0L));
        assertEquals(observations, sums.getOrDefault("latency_ms.bins." + LatencyBins.of(0.2), 0L));
        assertEquals(latencies, sums.getOrDefault("latency_ms.sum_micro", 0L));
    }

    @Test
    void aSumOfLatenciesStaysAtTheLargestValue() {
        var sums =
                hourSums(
                        usage(
                                0,
                                Instant.EPOCH,
                                "{requests: 1000000000, prompt_tokens: 1, latency_ms:"
                                        + " 86400000.0}"));

        assertEquals(Long.MAX_VALUE, sums.get("latency_ms.sum_micro"));
    }

    @Test
    void takesADefaultForAnIntervalOnly() {
        var sums = hourSums(sample(0, "{power_w: 100.0}"), sample(1, "{interval_s: 0.5}"));

        assertEquals(2, sums.get("samples"));
        assertEquals(15_500_000, sums.get("covered_us"));
        assertEquals(1_500_000_000, sums.get("energy_uj"));
        assertEquals(1, sums.get("power_w.n"));
        assertFalse(sums.containsKey("utilization.n"));
        assertFalse(sums.containsKey("xid_errors"));
    }

    @Test
    void countsXidErrorsWhereSamplesHaveAnXid() {
        var sums =
                hourSums(
                        sample(0, "{xid: {$numberLong: '0'}}"),
                        sample(1, "{xid: {$numberLong: '79'}}"),
                        sample(2, "{}"));

        assertEquals(1, sums.get("xid_errors"));
    }

    @Test
    void countsErrorsAsDecidedAndTokensNotAtAllWhereThereAreNone() {
        var sums =
                hourSums(
                        usage(0, Instant.EPOCH, "{error_type: 'overloaded'}"),
                        usage(1, Instant.EPOCH, "{status: '502', decided_failed: true}"),
                        usage(2, Instant.EPOCH, "{error_type: 'none', decided_failed: false}"),
                        // stored before anybody looked at it, and counted so
                        usage(3, Instant.EPOCH, "{status: 'failure'}"));

        assertEquals(4, sums.get("requests"));
        assertEquals(2, sums.get("errors"));
        assertFalse(sums.containsKey("prompt_tokens.n"));
        assertFalse(sums.containsKey("prompt_tokens.sum"));
    }

    @Test
    void countsOfASampleWhatWasDecidedAndNotItsReadings() {
        var sums =
                hourSums(
                        sample(
                                0,
                                "{power_w: 70.0, interval_s: 10.0, decided_energy_uj:"
                                        + " {$numberLong: '100000000'}}"),
                        sample(1, "{decided_energy_uj: {$numberLong: '23'}}"),
                        sample(2, "{power_w: 70.0, decided_energy_uj: null}"),
                        sample(
                                3,
                                "{xid: {$numberLong: '79'}, decided_xid_errors:"
                                        + " {$numberLong: '0'}}"),
                        sample(4, "{decided_xid_errors: {$numberLong: '5'}}"));

        assertEquals(100_000_023, sums.get("energy_uj"));
        assertEquals(1, sums.get("energy_unknown"));
        assertEquals(5, sums.get("xid_errors"));
        assertEquals(2, sums.get("power_w.n"));
    }

    @Test
    void keepsZeroApartFromAbsent() {
        var sums = hourSums(sample(0, "{utilization: 0.0}"), sample(1, "{}"));

        assertEquals(1, sums.get("utilization.n"));
        assertEquals(0, sums.get("utilization.sum_micro"));
    }

    @Test
    void staysAtTheLargestValueRatherThanWrap() {
        var rows = new ArrayList<CountedRow>();
        for (int i = 0; i < 1200; i++) {
            rows.add(sample(i, "{power_w: 100000.0, interval_s: 86400.0}"));
        }

        assertEquals(Long.MAX_VALUE, hourSums(rows.toArray(CountedRow[]::new)).get("energy_uj"));
    }

    /** The audit finds rows in another order than they came in. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void givesTheSameInAnyOrderAndCut(long seed) {
        var random = new Random(seed);
        var documents = new ArrayList<CountedRow>();
        for (int i = 0; i < 300; i++) {
            documents.add(
                    usage(
                            i,
                            Instant.EPOCH.plusSeconds(random.nextInt(3600)),
                            "{prompt_tokens: {$numberLong: '%d'}, latency_ms: %s, ttft_ms: %s}"
                                    .formatted(
                                            random.nextInt(1000),
                                            random.nextDouble() * 1e5,
                                            random.nextDouble() * 1e3)));
        }
        var inOrder = new Sums(RollupKind.TOKEN);
        documents.forEach(row -> math.add(inOrder, row.values(), Amount.WHOLE));
        Collections.shuffle(documents, random);
        var shuffled = new Sums(RollupKind.TOKEN);
        documents.forEach(row -> math.add(shuffled, row.values(), Amount.WHOLE));

        assertEquals(asMap(inOrder), asMap(shuffled), "seed " + seed);
        assertEquals(ranges(inOrder), ranges(shuffled), "seed " + seed);
    }

    @Test
    void foldsTheRowsOfOnePartitionAndDocumentIntoOne() {
        var rollups =
                fold(
                        usage(3, Instant.EPOCH, "{}"),
                        usage(8, Instant.EPOCH.plusSeconds(1), "{}"),
                        usage(9, Instant.EPOCH.plusSeconds(61), "{}"));

        var hour =
                rollups.stream()
                        .filter(rollup -> rollup.key().granularity() == Granularity.HOUR)
                        .findFirst()
                        .orElseThrow();
        assertEquals(3, rollups.size()); // two minutes, one hour
        assertEquals(3, hour.firstOffset());
        assertEquals(9, hour.lastOffset());
    }

    /** One record may have several rows here; read again, all of them are here already. */
    @Test
    void takesTheRowsOfOneRecordOnceEach() {
        var values = usage(3, Instant.EPOCH, "{}").values();
        var rollup = new PendingUpdate(key(), "topic_0", values.labels(), Overflow.NONE);
        for (int reading = 0; reading < 2; reading++) {
            for (int item : new int[] {0, 2, 3}) {
                rollup.add(new PendingUpdate.Entry(8, item, values, Amount.WHOLE));
            }
        }

        assertEquals(3, asMap(rollup.sums(math)).get("requests"));
        rollup.dropUpTo(8);
        assertTrue(rollup.isEmpty());
    }

    @Test
    void rowsAddUpToTheSameAsTheyComeAndAtTheEnd() {
        var seed = new Random().nextLong();
        var random = new Random(seed);
        var labels = usage(0, Instant.EPOCH, "{}").values().labels();
        for (int round = 0; round < 200; round++) {
            var early = new PendingUpdate(key(), "topic_0", labels, Overflow.NONE);
            var late = new PendingUpdate(key(), "topic_0", labels, Overflow.NONE);
            int offset = 0;
            for (int step = random.nextInt(40); step >= 0; step--) {
                offset += random.nextInt(3); // now and then one that is there
                var fields =
                        "{completion_tokens: %d, ttft_ms: %s}"
                                .formatted(random.nextInt(1000), random.nextInt(1, 100_000) / 10.0);
                var values = usage(offset, Instant.EPOCH, fields).values();
                var amount = random.nextInt(8) == 0 ? Amount.TAKEN_BACK : Amount.WHOLE;
                var entry = new PendingUpdate.Entry(offset, 0, values, amount);
                early.add(entry);
                late.add(entry);
                if (random.nextInt(3) > 0) {
                    early.fold(math);
                }
                if (random.nextInt(15) == 0) {
                    early.dropUpTo(offset - 5);
                    late.dropUpTo(offset - 5);
                }
            }
            assertEquals(asMap(late.sums(math)), asMap(early.sums(math)), "seed " + seed);
            assertEquals(ranges(late.sums(math)), ranges(early.sums(math)), "seed " + seed);
        }
    }

    @Test
    void dropsTheRowsThatCountAlready() {
        var labels = usage(3, Instant.EPOCH, "{}").values().labels();
        var rollup = new PendingUpdate(key(), "topic_0", labels, Overflow.NONE);
        for (long offset : new long[] {3, 8, 9}) {
            var values = usage(offset, Instant.EPOCH, "{}").values();
            rollup.add(new PendingUpdate.Entry(offset, 0, values, Amount.WHOLE));
        }

        rollup.dropUpTo(8);
        assertEquals(9, rollup.firstOffset());
        rollup.dropUpTo(9);

        assertTrue(rollup.isEmpty());
    }

    @Test
    void countsSurplusSeriesUnderOther() {
        var row = usage(0, Instant.EPOCH, "{}");
        var surplus =
                new CountedRow(
                        row.source(), row.offset(), row.values(), Overflow.OTHER, row.document());

        for (var rollup : fold(surplus)) {
            assertEquals("other", rollup.key().series());
        }
    }

    private static RollupKey key() {
        return new RollupKey(RollupKind.TOKEN, Granularity.HOUR, 0, "s");
    }

    private Map<String, Long> hourSums(CountedRow... rows) {
        return Gathered.of(List.of(rows), math).updates().stream()
                .filter(rollup -> rollup.key().granularity() == Granularity.HOUR)
                .map(rollup -> asMap(rollup.sums(math)))
                .findFirst()
                .orElseThrow();
    }

    private static Map<String, Long> asMap(Sums sums) {
        var map = new TreeMap<String, Long>();
        sums.forEachSum(map::put);
        return map;
    }

    private static Map<String, List<Double>> ranges(Sums sums) {
        var map = new TreeMap<String, List<Double>>();
        sums.forEachRange((paths, min, max) -> map.put(paths.reading(), List.of(min, max)));
        return map;
    }

    private Collection<PendingUpdate> fold(CountedRow... rows) {
        return Gathered.of(List.of(rows), math).updates();
    }

    private static CountedRow usage(long offset, Instant ts, String fields) {
        return row(EventTopic.TOKEN_USAGE, offset, ts, fields, "{model: 'llama'}");
    }

    private static CountedRow sample(long offset, String fields) {
        return row(
                EventTopic.GPU_METRICS, offset, Instant.EPOCH, fields, "{name: 'H100', gpu: 'g'}");
    }

    private static CountedRow row(
            EventTopic topic, long offset, Instant ts, String fields, String labels) {
        var document = BsonDocument.parse(fields);
        document.putAll(BsonDocument.parse(labels));
        document.append("ts", new BsonDateTime(ts.toEpochMilli()));
        var raw = new RawBsonDocument(document, new BsonDocumentCodec());
        var stored = StoredEvent.of(topic, raw);
        return new CountedRow("topic_0", offset, stored.values(), stored.overflow(), raw);
    }
}
