package gpuanalytics.processor.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.gpuname.GpuNames;
import gpuanalytics.processor.query.TokenReport.Rest;
import gpuanalytics.processor.store.StoreLayout;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.Test;

class TokenFoldTest {

    private static final Instant NINE = Instant.parse("2026-05-04T09:00:00Z");
    private static final QueryWindow WINDOW = Windows.covering(NINE, NINE.plusSeconds(7200), null);
    private static final TokenOrder MOST_REQUESTS =
            new TokenOrder(
                    new TokenOrder.By.Count(counts -> BigDecimal.valueOf(counts.requests())), true);

    /** What was counted and taken back in full leaves a document of zeros behind. */
    @Test
    void aGroupWhoseEveryNumberIsZeroHasNoRow() {
        var takenBack =
                rollup("b", 0)
                        .append("errors", 0L)
                        .append("prompt_tokens", new Document("n", 0L).append("sum", 0L))
                        .append(
                                "latency_ms",
                                new Document("n", 0L)
                                        .append("sum_micro", 0L)
                                        .append("bins", new Document("7", 0L)));
        for (var limit : new Integer[] {null, 1, 5}) {
            var report = report(paging(limit), rollup("a", 3), takenBack, rollup("c", 0, 9));

            var users = new ArrayList<Object>();
            report.rows().forEach(row -> users.add(String.valueOf(row.group().getFirst())));
            var rest = report.rest();
            assertEquals(limit == null || limit > 1 ? List.of("a", "c") : List.of("a"), users);
            assertEquals(limit == null || limit > 1 ? 0 : 1, rest == null ? 0 : rest.rows());
            assertEquals(3, report.totals().requests());
        }
    }

    @Test
    void anAnswerOfNothingIsOneRowOfZero() {
        var query = new TokenQuery(WINDOW, List.of(), Map.of(), paging(4));

        var report = fold(query, rollup("a", 0));

        assertEquals(1, report.rows().size());
        assertEquals(0, report.rows().getFirst().counts().requests());
        assertNull(report.rest());
    }

    /** Percentiles of the rest come from the values of its rows, not from their percentiles. */
    @Test
    void theRestHasThePercentilesOfItsRowsTogether() {
        var random = new Random(7);
        var rollups = new ArrayList<Document>();
        var others = new ArrayList<Document>();
        for (int i = 0; i < 50; i++) {
            var rollup = rollup("u" + i, i + 1);
            var bins = new Document();
            for (int value = 0; value < 5; value++) {
                bins.append(Integer.toString(random.nextInt(293)), (long) random.nextInt(1, 9));
            }
            long n = bins.values().stream().mapToLong(count -> (long) count).sum();
            rollup.append(
                    "ttft_ms",
                    new Document("n", n)
                            .append("sum_micro", n * 1_000_000)
                            .append("min", 0.001)
                            .append("max", 1e9)
                            .append("bins", bins));
            rollups.add(rollup);
            if (i < 48) {
                others.add(rollup);
            }
        }
        var query = new TokenQuery(WINDOW, List.of(), Map.of());

        var rest =
                Objects.requireNonNull(report(paging(2), rollups.toArray(Document[]::new)).rest());

        var alone = fold(query, others.toArray(Document[]::new)).totals();
        assertEquals(48, rest.rows());
        assertEquals(
                alone.readings().distribution(TokenUsage.TTFT_MS),
                rest.counts().readings().distribution(TokenUsage.TTFT_MS));
        assertEquals(new Rest(48, alone), rest);
    }

    @Test
    void whatIsAbsentComesLastInBothDirections() {
        for (var descending : List.of(true, false)) {
            var order = new TokenOrder(new TokenOrder.By.Label(0), descending);

            var report =
                    report(
                            new Paging(9, order, null),
                            rollup(null, 1),
                            rollup("x", 1),
                            rollup("b", 1));

            var users = new ArrayList<String>();
            report.rows().forEach(row -> users.add(String.valueOf(row.group().getFirst())));
            assertEquals(descending ? List.of("x", "b", "null") : List.of("b", "x", "null"), users);
        }
    }

    private static Paging paging(@org.jspecify.annotations.Nullable Integer limit) {
        return new Paging(limit, MOST_REQUESTS, null);
    }

    private static TokenReport report(Paging paging, Document... rollups) {
        return fold(
                new TokenQuery(WINDOW, List.of(TokenDimension.USER), Map.of(), paging), rollups);
    }

    private static TokenReport fold(TokenQuery query, Document... rollups) {
        var coverage = new Coverage(query.window(), true, NINE);
        var fold =
                new TokenFold(
                        query,
                        new UsageLabels(query.filters(), GpuNames.NONE),
                        coverage,
                        QueryLimits.defaults(),
                        NINE.plus(Duration.ofDays(1)));
        var rollup = new TokenRollup();
        for (var document : rollups) {
            fold.add(rollup.read(RawBsonDocument.parse(document.toJson())));
        }
        return fold.report();
    }

    private static Document rollup(@org.jspecify.annotations.Nullable String user, long requests) {
        return new Document(StoreLayout.ID, "1|m||" + user + "||")
                .append(StoreLayout.BUCKET, Date.from(NINE))
                .append("user", user)
                .append("requests", requests);
    }

    private static Document rollup(String user, long requests, long tokens) {
        return rollup(user, requests)
                .append("completion_tokens", new Document("n", 1L).append("sum", tokens));
    }
}
