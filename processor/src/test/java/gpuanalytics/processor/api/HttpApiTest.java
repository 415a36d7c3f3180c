package gpuanalytics.processor.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.processor.ledger.LedgerBehindException;
import gpuanalytics.processor.query.QueryLimits;
import gpuanalytics.processor.query.Step;
import gpuanalytics.processor.query.StoreUnavailableException;
import gpuanalytics.processor.query.TokenDimension;
import gpuanalytics.processor.query.TokenQuery;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.http.CorsOrigins;
import gpuanalytics.service.http.HttpSettings;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class HttpApiTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LONG = Duration.ofMinutes(1);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /tokens?nonsense=1                     | nonsense is unknown, expected one of from, to, tz, step, group_by, model, team, user, project, gpu, provider, operation, namespace, pod, limit, order, cursor, format
                    /health?x=1                            | x is unknown, expected no parameter
                    /tokens?from=yesterday                 | from is yesterday, expected an ISO 8601 time with its zone such as 2026-01-31T12:00:00Z (a + is written %2B), a date, now, now-1h, or seconds or milliseconds since 1970
                    /tokens?from=2026-01-31T12:00:00       | from is 2026-01-31T12:00:00, expected an ISO 8601 time with its zone such as 2026-01-31T12:00:00Z (a + is written %2B), a date, now, now-1h, or seconds or milliseconds since 1970
                    /tokens?from=2026-01-31T12:00:00+01:00 | from is 2026-01-31T12:00:00 01:00, expected an ISO 8601 time with its zone such as 2026-01-31T12:00:00Z (a + is written %2B), a date, now, now-1h, or seconds or milliseconds since 1970
                    /tokens?from=                          | from is empty, expected an ISO 8601 time with its zone such as 2026-01-31T12:00:00Z (a + is written %2B), a date, now, now-1h, or seconds or milliseconds since 1970
                    /tokens?from=2026-02-30                | from is 2026-02-30, expected an ISO 8601 time with its zone such as 2026-01-31T12:00:00Z (a + is written %2B), a date, now, now-1h, or seconds or milliseconds since 1970
                    /tokens?from=2026-02-01                | from is 2026-02-01T00:00:00Z, expected a time before to, which is 2026-01-31T12:00:30Z
                    /tokens?from=1969-12-31                | from is 1969-12-31T00:00:00Z, expected 1970-01-01T00:00:00Z to 2200-01-01T00:00:00Z
                    /tokens?to=2999-01-01                  | to is 2999-01-01T00:00:00Z, expected 1970-01-01T00:00:00Z to 2200-01-01T00:00:00Z
                    /tokens?from=2026-01-30&from=2026-01-31 | from is 2026-01-30 and 2026-01-31, expected one value
                    /tokens?step=90s                       | step is 90s, expected total or a multiple of 1m
                    /tokens?step=0m                        | step is 0d, expected total or a multiple of 1m
                    /tokens?step=hour                      | step is hour, expected total or a multiple of 1m such as 15m, 1h, 7d, or a day, week or month of tz: 1d, 1w, 1mo
                    /tokens?group_by=colour                | group_by is colour, expected some of model, team, user, project, gpu, provider, operation, namespace, pod, separated by commas
                    /tokens?group_by=model,                | group_by is empty, expected some of model, team, user, project, gpu, provider, operation, namespace, pod, separated by commas
                    /tokens?group_by=model,model           | group_by is model,model, expected each name once
                    /tokens?group_by=model;team            | group_by is model;team, expected no ; in it: & parts parameters, a comma parts values, and a ; in a value is written %3B
                    /tokens?group_by=model%3Bteam          | group_by is model;team, expected some of model, team, user, project, gpu, provider, operation, namespace, pod, separated by commas
                    /tokens?from=2026                      | from is 2026, expected an ISO 8601 time with its zone such as 2026-01-31T12:00:00Z (a + is written %2B), a date, now, now-1h, or seconds or milliseconds since 1970
                    /tokens?to=now-1y                      | to is now-1y, expected an ISO 8601 time with its zone such as 2026-01-31T12:00:00Z (a + is written %2B), a date, now, now-1h, or seconds or milliseconds since 1970
                    /tokens?to=99999999999                 | to is 5138-11-16T09:46:39Z, expected 1970-01-01T00:00:00Z to 2200-01-01T00:00:00Z
                    /tokens?step=2mo                       | step is 2mo, expected total or a multiple of 1m such as 15m, 1h, 7d, or a day, week or month of tz: 1d, 1w, 1mo
                    /tokens?step=2w                        | step is 2w, expected total or a multiple of 1m such as 15m, 1h, 7d, or a day, week or month of tz: 1d, 1w, 1mo
                    /tokens?tz=europe/berlin               | tz is europe/berlin, expected Europe/Berlin
                    /tokens?tz=America/New%20York          | tz is America/New York, expected America/New_York
                    /tokens?tz=Mars/Olympus                | tz is Mars/Olympus, expected an IANA time zone such as Europe/Berlin or Asia/Kolkata, or an offset such as +05:30 (a + is written %2B)
                    /tokens?tz=%2B25:00                    | tz is +25:00, expected an IANA time zone such as Europe/Berlin or Asia/Kolkata, or an offset such as +05:30 (a + is written %2B)
                    /tokens?limit=0                        | limit is 0, expected a whole number from 1 to 11000
                    /tokens?limit=11001                    | limit is 11001, expected a whole number from 1 to 11000
                    /tokens?limit=ten                      | limit is ten, expected a whole number from 1 to 11000
                    /tokens?order=team                     | order is team, expected one of ts, requests, errors, attempts, prompt_tokens, completion_tokens, cached_prompt_tokens, cache_write_tokens, reasoning_tokens, latency_ms.p50, latency_ms.p95, latency_ms.mean, ttft_ms.p50, ttft_ms.p95, ttft_ms.mean, tokens, with :asc or :desc behind it (a label must be in group_by)
                    /tokens?order=ts:down                  | order is ts:down, expected one of ts, requests, errors, attempts, prompt_tokens, completion_tokens, cached_prompt_tokens, cache_write_tokens, reasoning_tokens, latency_ms.p50, latency_ms.p95, latency_ms.mean, ttft_ms.p50, ttft_ms.p95, ttft_ms.mean, tokens, with :asc or :desc behind it (a label must be in group_by)
                    /tokens?limit=5&cursor=x               | cursor is x, expected next of an answer to the same question: all parameters but limit as they were
                    /tokens?format=xlsx                    | format is xlsx, expected json or csv
                    /gpu/info?max_age=old                  | max_age is old, expected a length such as 10m, 2h or 7d, or all
                    /gpu/info?max_age=0m                   | max_age is 0m, expected a length such as 10m, 2h or 7d, or all
                    /gpu/info?gpu_index=0,                 | gpu_index is empty, expected a whole number
                    /gpus/series?step=1h                   | gpu is absent, expected gpu of /gpu/info
                    /gpu/info?gpu_index=one                | gpu_index is one, expected a whole number
                    /gpu/info?host=                        | host is empty, expected at least 1 character
                    """)
    void refusesAParameterWithItsNameValueAndExpectation(String target, String detail)
            throws IOException {
        try (var running = new RunningApi()) {
            var answer = running.get(target);

            assertEquals(400, answer.statusCode());
            assertEquals("application/problem+json", contentType(answer));
            var problem = JSON.readTree(answer.body());
            assertEquals(detail, problem.get("detail").asText());
            assertEquals(
                    detail,
                    "%s is %s, expected %s"
                            .formatted(
                                    problem.get("parameter").asText(),
                                    problem.get("value").asText(),
                                    problem.get("expected").asText()));
        }
    }

    @Test
    void echoesNoMoreOfABadValueThanItNeeds() {
        try (var running = new RunningApi()) {
            var answer = running.get("/tokens?model=" + "x".repeat(30_000));

            assertEquals(400, answer.statusCode());
            assertTrue(answer.body().length() < 2000, answer.body());
        }
    }

    @Test
    void parametersReachTheQuery() {
        try (var running = new RunningApi()) {
            var asked = new AtomicReference<TokenQuery>();
            running.queries.tokens =
                    query -> {
                        asked.set(query);
                        return Samples.tokenReport(query);
                    };

            running.get(
                    "/tokens?from=2026-01-31T10:20:30Z&to=2026-01-31T11:00:00Z&step=15m"
                            + "&group_by=team,model&group_by=gpu&model=a&model=b%2Cc&team=");

            var query = asked.get();
            assertEquals(Instant.parse("2026-01-31T10:20:00Z"), query.window().from());
            assertEquals(Instant.parse("2026-01-31T11:00:00Z"), query.window().to());
            assertEquals(new Step.Fixed(Duration.ofMinutes(15)), query.window().step());
            assertEquals(
                    List.of(TokenDimension.TEAM, TokenDimension.MODEL, TokenDimension.GPU),
                    query.groupBy());
            assertEquals(
                    Map.of(
                            TokenDimension.MODEL, List.of("a", "b,c"),
                            TokenDimension.TEAM, List.of("")),
                    query.filters());
        }
    }

    @Test
    void answersTheLastHourAsOneTotalByDefault() throws IOException {
        try (var running = new RunningApi()) {
            var answer = JSON.readTree(running.get("/tokens").body());

            assertEquals("2026-01-31T11:00:00Z", answer.get("from").asText());
            assertEquals("2026-01-31T12:01:00Z", answer.get("to").asText());
            assertEquals(3660, answer.get("step_s").asLong());
            assertEquals(60, answer.get("bucket_s").asLong());
        }
    }

    @Test
    void writesNumbersExactlyAndWithoutAnExponent() {
        try (var running = new RunningApi()) {
            var json = running.get("/tokens?group_by=model").body();
            var csv = running.get("/tokens?group_by=model", "accept", "text/csv").body();

            for (var body : List.of(json, csv)) {
                assertTrue(body.contains("9007199254740993"), body);
                assertTrue(body.contains("0.00000125"), body);
                assertTrue(body.contains("2000000.5"), body);
            }
        }
    }

    @Test
    void absentIsNullAndZeroIsZero() throws IOException {
        try (var running = new RunningApi()) {
            var row =
                    JSON.readTree(running.get("/tokens?group_by=model,team").body()).at("/rows/1");

            assertTrue(row.get("team").isNull());
            assertTrue(row.get("prompt_tokens").isNull());
            assertEquals(0, row.get("completion_tokens").asLong());
            assertTrue(row.at("/latency_ms/p50").isNull());
            assertTrue(row.at("/ttft_ms/mean").isNull());
            assertTrue(row.get("tokens_per_s").isNull());
        }
    }

    @Test
    void csvQuotesWhatNeedsItAndLeavesAbsentValuesEmpty() {
        try (var running = new RunningApi()) {
            var answer = running.get("/tokens?group_by=model,team", "accept", "text/csv");

            assertEquals("text/csv; charset=utf-8; header=present", contentType(answer));
            assertTrue(
                    answer.body()
                            .endsWith(
                                    """
                                    2026-01-31T11:00:00Z,"model ""1"", ü
                                    ",,1,0,1,,0,,,,,,,,,,,,\r
                                    """),
                    answer.body());
        }
    }

    @Test
    void latestSamplesLeaveOutWhatTheyDoNotHave() throws IOException {
        try (var running = new RunningApi()) {
            running.queries.latestSamples = _ -> Samples.latestSamples();

            var gpus = JSON.readTree(running.get("/gpu/info").body()).get("gpus");

            assertEquals(
                    "{\"gpu\":\"node-1/0\",\"age_s\":-2,\"ts\":\"2026-01-31T11:59:59.123456789Z\","
                            + "\"host\":\"node-1\",\"gpu_index\":0,\"name\":\"NVIDIA L4\"}",
                    gpus.get(1).toString());
            assertEquals(1_980_000_000, gpus.get(0).get("sm_clock_hz").asLong());
        }
    }

    @Test
    void gpuIsAskedForByItsWholeKey() {
        assertEquals(
                List.of("node-1/0 null", "GPU +%ü 3"),
                gpusAskedFor(
                        "/gpus/node-1%2F0/series", "/gpus/GPU%20%2B%25%C3%BC/series?mig_id=3"));
    }

    @Test
    void gpuMayBeNamedByAParameter() {
        assertEquals(
                List.of("rack-3/node-9/7 2", "GPU-1#x null"),
                gpusAskedFor(
                        "/gpus/series?gpu=rack-3/node-9/7&mig_id=2", "/gpus/series?gpu=GPU-1%23x"));
    }

    private static List<String> gpusAskedFor(String... paths) {
        try (var running = new RunningApi()) {
            var asked = new ArrayList<String>();
            running.queries.gpuSeries =
                    query -> {
                        asked.add(query.gpu() + " " + query.migId());
                        return Optional.of(Samples.gpuSeries(query));
                    };
            for (var path : paths) {
                running.get(path);
            }
            return asked;
        }
    }

    @Test
    void samplesOfTheLastHoursAreAskedForAndTheOthersCounted() throws IOException {
        try (var running = new RunningApi()) {
            var asked = new ArrayList<@Nullable Duration>();
            running.queries.latestSamples =
                    query -> {
                        asked.add(query.maxAge());
                        return Samples.latestSamples();
                    };

            var byDefault = running.get("/gpu/info");
            running.get("/gpu/info?max_age=15m");
            var all = running.get("/gpu/info?max_age=all&format=csv");

            assertEquals(Arrays.asList(Duration.ofHours(2), Duration.ofMinutes(15), null), asked);
            var answer = JSON.readTree(byDefault.body());
            assertEquals(7200, answer.get("max_age_s").asLong());
            assertEquals(3, answer.get("left_out").asLong());
            assertEquals(Optional.of("3"), all.headers().firstValue("Left-Out-Gpus"));
            assertEquals("text/csv; charset=utf-8; header=present", contentType(all));
        }
    }

    @Test
    void pagesOfNamedOriginsMayReadAnswers() {
        var site = "https://boards.example:3000";
        try (var running =
                new RunningApi(
                        new HttpConfig(
                                HttpSettings.at("127.0.0.1", 0).with(new CorsOrigins(Set.of(site))),
                                QueryLimits.defaults()))) {
            var own = running.get("/tokens", "origin", site).headers();
            var other = running.get("/tokens", "origin", "https://evil.example").headers();
            var problem = running.get("/tokens?x=1", "origin", site);

            assertEquals(Optional.of(site), own.firstValue("access-control-allow-origin"));
            assertEquals(Optional.empty(), other.firstValue("access-control-allow-origin"));
            assertEquals(400, problem.statusCode());
            assertEquals(
                    Optional.of(site), problem.headers().firstValue("access-control-allow-origin"));
        }
    }

    @Test
    void unknownPathSaysWhereToLook() {
        try (var running = new RunningApi()) {
            assertProblem(404, "expected a path of /openapi.yaml", running.get("/nothing"));
            assertProblem(
                    404,
                    "a slash in the id is written %2F, or /gpus/series?gpu=",
                    running.get("/gpus/n/0/series"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    */*                                                    | application/json
                    text/csv                                               | text/csv
                    TEXT/CSV; charset=utf-8                                | text/csv
                    text/*                                                 | text/csv
                    application/json;q=0.5, text/csv;q=0.6                 | text/csv
                    text/csv, application/json                             | application/json
                    application/json;q=0, */*                              | text/csv
                    text/html,application/xhtml+xml,*/*;q=0.8              | application/json
                    text/csv;q=0.2, text/*;q=0.9, application/json;q=0.3   | application/json
                    application/json;q=0, text/csv;q=0                     | none
                    image/png                                              | none
                    """)
    void choosesTheMediaTypeByWeight(String accept, String expected) {
        try (var running = new RunningApi()) {
            var answer = running.get("/tokens", "accept", accept);

            if (expected.equals("none")) {
                assertProblem(406, "expected one of application/json, text/csv", answer);
            } else {
                assertEquals(expected, contentType(answer).replaceFirst(";.*", ""));
            }
        }
    }

    @Test
    void compressesForThoseWhoTakeIt() throws Exception {
        try (var running = new RunningApi()) {
            var plain = running.get("/openapi.yaml").body();
            var packed =
                    running.client()
                            .send(
                                    running.request("GET", "/openapi.yaml")
                                            .header("accept-encoding", "gzip")
                                            .build(),
                                    BodyHandlers.ofByteArray());

            assertEquals("gzip", packed.headers().firstValue("content-encoding").orElseThrow());
            assertTrue(packed.body().length < plain.length() / 2);
            try (var unpacked = new GZIPInputStream(new ByteArrayInputStream(packed.body()))) {
                assertEquals(plain, new String(unpacked.readAllBytes(), UTF_8));
            }
        }
    }

    @Test
    void refusesAtOnceWhatIsTooMuchAndGoesOnAfterwards() throws Exception {
        try (var running = new RunningApi(limits(2, LONG))) {
            var started = new CountDownLatch(2);
            var goOn = new CountDownLatch(1);
            running.queries.tokens =
                    query -> {
                        started.countDown();
                        await(goOn);
                        return Samples.tokenReport(query);
                    };
            var first = getAsync(running, "/tokens");
            var second = getAsync(running, "/tokens");
            started.await();

            var refused = running.get("/tokens");
            var meanwhile = running.get("/health");
            goOn.countDown();

            assertProblem(503, "2 requests of this kind are being answered", refused);
            assertEquals("1", refused.headers().firstValue("retry-after").orElseThrow());
            assertEquals(200, meanwhile.statusCode());
            assertEquals(200, first.join().statusCode());
            assertEquals(200, second.join().statusCode());
            // A slot is free when its thread has ended, a moment after its answer was read.
            Waiting.until("a free slot", LONG, () -> running.get("/tokens").statusCode() == 200);
        }
    }

    @Test
    void interruptsAQueryThatTakesTooLong() throws Exception {
        try (var running = new RunningApi(limits(1, Duration.ofMillis(20)))) {
            var interrupted = new CountDownLatch(1);
            running.queries.tokens =
                    query -> {
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException e) {
                            interrupted.countDown();
                        }
                        return Samples.tokenReport(query);
                    };

            var late = running.get("/tokens");
            interrupted.await();

            assertProblem(504, "no answer within 20 ms, expected a shorter range", late);
        }
    }

    @Test
    void aLateAnswerOfAStoreThatIsDownIsAnOutage() {
        try (var running = new RunningApi(limits(1, Duration.ofMillis(20)))) {
            running.health = RunningApi.health(true, false);
            running.queries.tokens =
                    query -> {
                        await(new CountDownLatch(1));
                        return Samples.tokenReport(query);
                    };

            assertProblem(
                    503,
                    "the store does not answer since 2026-01-31T11:00:00Z: no primary",
                    running.get("/tokens"));
        }
    }

    @Test
    void saysThatTheStoreIsAway() {
        try (var running = new RunningApi()) {
            running.queries.tokens =
                    _ -> {
                        throw new StoreUnavailableException("away", new IOException("refused"));
                    };

            var answer = running.get("/tokens");

            assertProblem(503, "the store does not answer", answer);
            assertEquals("5", answer.headers().firstValue("retry-after").orElseThrow());
        }
    }

    @Test
    void saysThatTheLedgerIsBehind() {
        try (var running = new RunningApi()) {
            running.ledger.costs =
                    _ -> {
                        throw new LedgerBehindException(300, 100);
                    };

            var answer = running.get("/costs");

            assertProblem(
                    503,
                    "the ledger is computing 300 hours of this time, and an answer computes at most"
                            + " 100 itself (LEDGER_MAX_OPEN_HOURS): ask again, or for a shorter"
                            + " time",
                    answer);
            assertEquals("5", answer.headers().firstValue("retry-after").orElseThrow());
        }
    }

    @Test
    void keepsTheReasonOfADefectToItself() {
        try (var running = new RunningApi()) {
            running.queries.tokens =
                    _ -> {
                        throw new IllegalStateException("password=hunter2");
                    };

            var answer = running.get("/tokens");

            assertProblem(500, "the request failed, the log says why", answer);
            assertFalse(answer.body().contains("hunter2"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "true,  true,  200, 200, 200, ok",
        "true,  false, 503, 200, 503, degraded",
        "false, false, 503, 503, 503, degraded",
    })
    void healthIsWhatTheReportSays(
            boolean live, boolean up, int whole, int liveness, int readiness, String status)
            throws IOException {
        try (var running = new RunningApi()) {
            running.health = RunningApi.health(live, up);

            assertEquals(whole, running.get("/health").statusCode());
            assertEquals(liveness, running.get("/health/live").statusCode());
            assertEquals(readiness, running.get("/health/ready").statusCode());
            assertEquals(
                    "{\"status\":\"%s\",\"parts\":[{\"name\":\"store\",\"up\":%s,\"detail\":\"no primary\",\"since\":\"2026-01-31T11:00:00Z\"}]}"
                            .formatted(status, up),
                    running.get("/health").body());
        }
    }

    @Test
    void countsRequestsByPathAndStatus() {
        try (var running = new RunningApi()) {
            running.get("/gpus/node-1%2F0/series");
            running.get("/nothing");

            var metrics = running.get("/metrics").body();

            assertTrue(
                    metrics.contains(
                            "processor_http_requests_seconds_count{path=\"/gpus/{id}/series\",status=\"404\"}"
                                + " 1"),
                    metrics);
            assertTrue(
                    metrics.contains(
                            "processor_http_requests_seconds_count{path=\"none\",status=\"404\"}"
                                    + " 1"),
                    metrics);
            assertTrue(metrics.contains("processor_http_work_running{work=\"query\"} 0"), metrics);
        }
    }

    @Test
    void browserMayLoadNothingButTheStyleOfThePage() {
        try (var running = new RunningApi()) {
            for (var target : List.of("/", "/api", "/tokens", "/nothing", "/health")) {
                var headers = running.get(target).headers();

                assertEquals("nosniff", headers.firstValue("x-content-type-options").orElseThrow());
                assertTrue(
                        headers.firstValue("content-security-policy")
                                .orElseThrow()
                                .startsWith("default-src 'none'; "));
            }
        }
    }

    @Test
    void pageLinksEveryPathAndEveryLinkIsAnswered() {
        try (var running = new RunningApi()) {
            running.queries.gpuSeries = query -> Optional.of(Samples.gpuSeries(query));
            var page = running.get("/api").body();

            var links =
                    Pattern.compile("href=\"([^\"]+)\"")
                            .matcher(page)
                            .results()
                            .map(link -> link.group(1).replace("&amp;", "&"))
                            .toList();

            for (var link : links) {
                assertEquals(200, running.get(link).statusCode(), link);
            }
            for (var operation : OpenApi.load().operations()) {
                var start = operation.path().replaceFirst("\\{.*", "");
                if (operation.endless() || start.startsWith("/dashboard/")) {
                    assertTrue(page.contains(operation.endless() ? start : "/dashboard/"));
                    continue;
                }
                assertTrue(links.stream().anyMatch(link -> link.startsWith(start)), start);
            }
        }
    }

    @Test
    void answersEvenWhatIsNotARequest() throws IOException {
        try (var running = new RunningApi()) {
            assertStatus(400, running, "GET /tokens?from=%zz HTTP/1.1\r\nhost: x\r\n\r\n");
            assertStatus(400, running, "GET /%zz HTTP/1.1\r\nhost: x\r\n\r\n");
            assertStatus(400, running, "nonsense\r\n\r\n");
            assertStatus(414, running, "GET /" + "x".repeat(70_000) + " HTTP/1.1\r\n\r\n");
            assertStatus(431, running, "GET / HTTP/1.1\r\nx: " + "x".repeat(20_000) + "\r\n\r\n");
            assertEquals(200, running.get("/health").statusCode());
        }
    }

    @Test
    void aTakenPortIsNamed() {
        try (var running = new RunningApi()) {
            var config = new HttpConfig("127.0.0.1", running.api.port(), QueryLimits.defaults());

            var failure =
                    assertThrows(
                            ConfigurationException.class,
                            () ->
                                    HttpApi.start(
                                            config,
                                            new ApiSources(
                                                    running.queries,
                                                    running.ledger,
                                                    running.prices,
                                                    running.budgets,
                                                    running.letters),
                                            running::state,
                                            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)));

            var message = String.valueOf(failure.getMessage());
            assertTrue(
                    message.startsWith(
                            "HTTP_PORT is %d, expected a free port of 127.0.0.1"
                                    .formatted(running.api.port())),
                    message);
        }
    }

    @Test
    void endsWhatItIsAnsweringBeforeItCloses() throws Exception {
        try (var running = new RunningApi(limits(1, LONG))) {
            var started = new CountDownLatch(1);
            var goOn = new CountDownLatch(1);
            running.queries.tokens =
                    query -> {
                        started.countDown();
                        await(goOn);
                        return Samples.tokenReport(query);
                    };
            var answer = getAsync(running, "/tokens");
            started.await();

            var closing = CompletableFuture.runAsync(running.api::close);
            goOn.countDown();

            assertEquals(200, answer.join().statusCode());
            closing.join();
            assertThrows(
                    ConnectException.class,
                    () ->
                            running.client()
                                    .send(
                                            running.request("GET", "/health").build(),
                                            BodyHandlers.ofString()));
        }
    }

    private static void assertProblem(int status, String detail, HttpResponse<String> answer) {
        assertEquals(status, answer.statusCode(), answer.body());
        assertEquals("application/problem+json", contentType(answer));
        assertTrue(problem(answer).get("detail").asText().contains(detail), answer.body());
    }

    private static void assertStatus(int status, RunningApi running, String request)
            throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), running.api.port())) {
            socket.setSoTimeout(50_000);
            socket.getOutputStream().write(request.getBytes(UTF_8));
            var head = new byte[12];
            int read = socket.getInputStream().readNBytes(head, 0, head.length);

            assertTrue(
                    new String(Arrays.copyOf(head, read), UTF_8).matches("HTTP/1[.]. " + status),
                    () -> new String(head, UTF_8));
        }
    }

    private static JsonNode problem(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (IOException e) {
            throw new AssertionError(answer.body(), e);
        }
    }

    private static String contentType(HttpResponse<String> answer) {
        return answer.headers().firstValue("content-type").orElse("");
    }

    private static CompletableFuture<HttpResponse<String>> getAsync(
            RunningApi running, String target) {
        return running.client()
                .sendAsync(running.request("GET", target).build(), BodyHandlers.ofString());
    }

    private static QueryLimits limits(int maxConcurrent, Duration timeout) {
        return new QueryLimits(Duration.ofDays(400), 1000, 100, maxConcurrent, timeout);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
