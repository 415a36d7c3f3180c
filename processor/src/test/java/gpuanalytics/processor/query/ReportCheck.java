package gpuanalytics.processor.query;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.event.Event;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.query.ExpectedTokens.Place;
import gpuanalytics.processor.query.Reading.Distribution;
import gpuanalytics.processor.query.TokenReport.Counts;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether a report says what the events say. */
final class ReportCheck {

    private ReportCheck() {}

    /** Checks every row and the totals. */
    static void check(
            TokenQuery query, TokenReport report, List<Event> usages, Instant now, String told) {
        var what = told + " " + query;
        var window = query.window();
        var expected = ExpectedTokens.byPlace(query, usages);
        var places = report.rows().stream().map(row -> new Place(row.start(), row.group()));
        if (!expected.isEmpty()) {
            assertEquals(expected.keySet(), places.collect(Collectors.toSet()), what);
            assertEquals(expected.size(), report.rows().size(), what);
            for (var row : report.rows()) {
                var events = expected.getOrDefault(new Place(row.start(), row.group()), List.of());
                var seconds = window.elapsedSeconds(row.start(), now);
                equal(ExpectedTokens.counts(events, seconds), row.counts(), what);
            }
        }
        var all = ExpectedTokens.matching(query, usages);
        equal(ExpectedTokens.counts(all, window.elapsedSeconds(now)), report.totals(), what);
    }

    /** Everything is equal; a mean, whose microseconds may round to either side, nearly. */
    static void equal(Counts expected, Counts actual, String what) {
        assertEquals(withoutMeans(expected), withoutMeans(actual), what);
        for (var measure : Measures.TOKEN) {
            if (measure.hasBins()) {
                assertMean(
                        expected.readings().distribution(measure.field()),
                        actual.readings().distribution(measure.field()),
                        what);
            }
        }
    }

    private static Counts withoutMeans(Counts counts) {
        var readings = new ArrayList<@Nullable Reading>();
        for (var reading : counts.readings().values()) {
            readings.add(
                    reading instanceof Distribution(long n, double p50, double p95, double _)
                            ? new Distribution(n, p50, p95, 0)
                            : reading);
        }
        return new Counts(
                counts.requests(),
                counts.errors(),
                counts.attempts(),
                new Readings(Measures.TOKEN, readings),
                counts.tokensPerSecond());
    }

    private static void assertMean(
            @Nullable Distribution expected, @Nullable Distribution actual, String what) {
        if (expected != null && actual != null) {
            assertEquals(expected.mean(), actual.mean(), 0.0011, what);
        }
    }
}
