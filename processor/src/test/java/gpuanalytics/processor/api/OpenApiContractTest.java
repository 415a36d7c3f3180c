package gpuanalytics.processor.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import gpuanalytics.processor.api.OpenApi.Operation;
import gpuanalytics.processor.api.OpenApi.Parameter;
import gpuanalytics.processor.bill.BillLimits;
import gpuanalytics.processor.dashboard.DashboardFiles;
import gpuanalytics.processor.letter.LettersUnavailableException;
import gpuanalytics.processor.query.LatestSamples;
import gpuanalytics.processor.query.QueryLimits;
import gpuanalytics.processor.query.StoreUnavailableException;
import gpuanalytics.service.http.Json;
import gpuanalytics.service.http.Resource;
import io.micrometer.core.instrument.Gauge;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What {@code openapi.yaml} says and what the server does are the same: every path, every example
 * of every parameter, every media type and every status.
 */
class OpenApiContractTest {

    private static final OpenApi CONTRACT = OpenApi.load();

    static List<Operation> operations() {
        return CONTRACT.operations();
    }

    /** Those whose answer has an end. */
    static List<Operation> ending() {
        return operations().stream().filter(operation -> !operation.endless()).toList();
    }

    static List<Operation> reads() {
        return ending().stream().filter(Operation::reads).toList();
    }

    @Test
    void routesAreThoseOfTheDocument() {
        try (var running = new RunningApi()) {
            var routed =
                    running.api.endpoints().stream()
                            .map(endpoint -> endpoint.method() + " " + endpoint.path())
                            .collect(Collectors.toCollection(TreeSet::new));

            assertEquals(
                    operations().stream()
                            .map(Operation::toString)
                            .collect(Collectors.toCollection(TreeSet::new)),
                    routed);
        }
    }

    @Test
    void servesTheDocument() {
        try (var running = new RunningApi()) {
            assertEquals(
                    new String(Resource.read(Endpoints.OPENAPI), UTF_8),
                    running.get("/openapi.yaml").body());
        }
    }

    @Test
    void parametersAreThoseOfTheDocument() {
        var known =
                Map.ofEntries(
                        Map.entry("GET /", DashboardFiles.PARAMETERS),
                        Map.entry("GET /tokens", TokenAnswers.PARAMETERS),
                        Map.entry("GET /costs", CostParameters.ROWS),
                        Map.entry("GET /costs/what-if", WhatIfAnswers.PARAMETERS),
                        Map.entry("GET /waste", CostParameters.ROWS),
                        Map.entry("GET /waste/sharing", CostParameters.WHAT),
                        Map.entry("GET /reconcile", ReconcileAnswers.PARAMETERS),
                        Map.entry("POST /reconcile", ReconcileAnswers.FILE_PARAMETERS),
                        Map.entry("GET /exports/focus.csv", ExportAnswers.FOCUS_PARAMETERS),
                        Map.entry("GET /exports/ledger.csv", ExportAnswers.LEDGER_PARAMETERS),
                        Map.entry("GET /prices", PriceAnswers.PARAMETERS),
                        Map.entry("GET /conflicts", ConflictAnswers.PARAMETERS),
                        Map.entry("GET /rejects", RejectAnswers.PARAMETERS),
                        Map.entry("GET /gpu/info", GpuAnswers.INFO_PARAMETERS),
                        Map.entry("GET /gpus/{id}/series", GpuAnswers.SERIES_PARAMETERS),
                        Map.entry("GET /gpus/series", GpuAnswers.NAMED_SERIES_PARAMETERS));

        for (var operation : operations()) {
            assertEquals(
                    Set.copyOf(known.getOrDefault(operation.toString(), List.of())),
                    CONTRACT.parameters(operation).stream()
                            .filter(parameter -> parameter.in().equals("query"))
                            .map(Parameter::name)
                            .collect(Collectors.toSet()),
                    operation.toString());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /health   | {"status":"fine","parts":[]}
                    /health   | {"status":"ok","parts":[{"name":"store","up":true,"detail":"","since":"today"}]}
                    /health   | {"status":"ok","parts":[],"more":1}
                    /gpu/info | {"max_age_s":7200,"left_out":0,"gpus":[{"gpu":"g","age_s":1,"ts":"2026-01-31T12:00:00Z","host":"h","name":"n","utilization":null}]}
                    /gpu/info | {"max_age_s":7200,"left_out":0,"gpus":[{"gpu":"g","age_s":1,"ts":"2026-01-31T12:00:00+01:00","host":"h","name":"n"}]}
                    """)
    void theDocumentRefusesWhatItDoesNotDescribe(String path, String body) {
        var operation = operation(path);

        assertFalse(CONTRACT.errors(operation, "200", Json.MEDIA_TYPE, body).isEmpty(), body);
    }

    @Test
    void theDocumentRefusesARowWithMoreOrLessThanItDescribes() {
        try (var running = answering()) {
            var body = running.get("/tokens?group_by=model").body();
            var more = body.replace("\"errors\"", "\"surplus\":1,\"errors\"");
            var less = body.replace("\"errors\":2,", "");

            assertEquals(List.of(), errors(body));
            assertFalse(errors(more).isEmpty());
            assertFalse(errors(less).isEmpty());
        }
    }

    private static List<String> errors(String tokens) {
        return CONTRACT.errors(operation("/tokens"), "200", Json.MEDIA_TYPE, tokens);
    }

    private static Operation operation(String path) {
        return reads().stream().filter(o -> o.path().equals(path)).findFirst().orElseThrow();
    }

    @ParameterizedTest
    @MethodSource("ending")
    void answersEveryParameterInEveryMediaType(Operation operation) {
        try (var running = answering()) {
            for (var target : targets(operation)) {
                for (var mediaType : CONTRACT.mediaTypes(operation, "200")) {
                    var answer = ask(running, operation, target, "accept", mediaType);

                    check(operation, "200", target, answer);
                    assertEquals(named(target).orElse(mediaType), mediaType(answer), target);
                }
            }
        }
    }

    private static HttpResponse<String> ask(
            RunningApi running, Operation operation, String target, String... headers) {
        return operation.reads()
                ? running.get(target, headers)
                : running.sendBody(operation.method(), target, operation.body(), headers);
    }

    /** The media type that {@code format} names, whatever Accept says. */
    private static Optional<String> named(String target) {
        if (target.contains("format=json")) {
            return Optional.of(Json.MEDIA_TYPE);
        }
        return target.contains("format=csv") ? Optional.of(Table.CSV_MEDIA_TYPE) : Optional.empty();
    }

    @ParameterizedTest
    @MethodSource("reads")
    void answersHeadLikeGetWithoutTheBody(Operation operation) {
        try (var running = answering()) {
            var target = target(operation, List.of());
            var get = running.get(target);
            var head = running.send("HEAD", target);

            assertEquals(get.statusCode(), head.statusCode());
            assertEquals("", head.body());
            assertTrue(head.headers().firstValueAsLong("content-length").orElse(0) > 0);
            assertEquals(get.headers().map().keySet(), head.headers().map().keySet());
            assertEquals(
                    get.headers().firstValue("content-type"),
                    head.headers().firstValue("content-type"));
        }
    }

    @ParameterizedTest
    @MethodSource("operations")
    void answersEveryDocumentedProblem(Operation operation) throws Exception {
        for (var status : CONTRACT.statuses(operation)) {
            if (!status.equals("200") && !status.equals("304")) {
                var target = target(operation, List.of());
                check(operation, status, target, provoke(operation, target, status));
            }
        }
    }

    private static HttpResponse<String> provoke(Operation operation, String target, String status)
            throws Exception {
        return switch (status) {
            case "400" -> asked(running -> ask(running, operation, with(target, "nonsense=1")));
            case "401" -> answeredWithoutToken(operation, target);
            case "403" ->
                    asked(running -> ask(running, operation, target, "origin", "http://o.example"));
            case "404" -> asked(running -> running.get(target.replaceFirst("[.](js|css)$", "")));
            case "405" -> asked(running -> running.send("DELETE", target));
            case "406" -> asked(running -> ask(running, operation, target, "accept", "image/png"));
            case "413" ->
                    asked(
                            running ->
                                    running.sendBody(
                                            operation.method(),
                                            target,
                                            " ".repeat(tooManyBytes(operation))));
            case "415" ->
                    asked(running -> ask(running, operation, target, "content-type", "image/png"));
            case "503" -> provokeUnavailable(operation, target);
            case "504" -> provokeTimeout(operation, target);
            default -> fail("%s of %s is not provoked".formatted(status, operation));
        };
    }

    private static int tooManyBytes(Operation operation) {
        return 1
                + (operation.method().equals("POST")
                        ? BillLimits.defaults().maxBytes()
                        : FakePrices.MAX_BYTES);
    }

    private static HttpResponse<String> answeredWithoutToken(Operation operation, String target)
            throws IOException {
        var tokens = Files.createTempFile("tokens", ".txt");
        try {
            Files.writeString(tokens, "opensesame");
            var config = new HttpConfig("127.0.0.1", 0, QueryLimits.defaults());
            try (var running =
                    new RunningApi(
                            new HttpConfig(
                                    config.listen(), config.limits(), Optional.of(tokens)))) {
                return ask(running, operation, target);
            }
        } finally {
            Files.delete(tokens);
        }
    }

    private interface Asking {
        HttpResponse<String> ask(RunningApi running);
    }

    private static HttpResponse<String> asked(Asking asking) {
        try (var running = new RunningApi()) {
            return asking.ask(running);
        }
    }

    private static HttpResponse<String> provokeUnavailable(Operation operation, String target)
            throws Exception {
        if (operation.path().equals("/metrics")) {
            return provokeTooManyScrapes(target);
        }
        if (operation.endless()) {
            return provokeTooManyStreams(target);
        }
        return asked(
                running -> {
                    running.health = RunningApi.health(false, false);
                    failQueries(running);
                    return ask(running, operation, target);
                });
    }

    private static HttpResponse<String> provokeTooManyStreams(String target) throws Exception {
        var config = HttpConfigs.withStreams(1);
        try (var running = new RunningApi(config);
                var open =
                        running.client()
                                .send(
                                        running.request("GET", target).build(),
                                        BodyHandlers.ofInputStream())
                                .body()) {
            assertTrue(open.read() >= 0);
            return running.get(target);
        }
    }

    private static void failQueries(RunningApi running) {
        var away = new StoreUnavailableException("away", new IOException("connection refused"));
        Runnable fails =
                () -> {
                    throw away;
                };
        running.prices.before = fails;
        running.budgets.before = fails;
        running.queries.latestSamples =
                _ -> {
                    throw away;
                };
        running.queries.gpuSeries =
                _ -> {
                    throw away;
                };
        running.queries.tokens =
                _ -> {
                    throw away;
                };
        running.queries.conflicts =
                _ -> {
                    throw away;
                };
        running.letters.newest =
                _ -> {
                    throw new LettersUnavailableException("away", away);
                };
        running.ledger.costs =
                _ -> {
                    throw away;
                };
        running.ledger.waste =
                _ -> {
                    throw away;
                };
        running.ledger.sharing =
                _ -> {
                    throw away;
                };
        running.ledger.lines =
                _ -> {
                    throw away;
                };
        running.ledger.charges =
                _ -> {
                    throw away;
                };
    }

    private static HttpResponse<String> provokeTooManyScrapes(String target) throws Exception {
        try (var running = new RunningApi()) {
            var scraping = new CountDownLatch(Endpoints.MAX_CONCURRENT_SCRAPES);
            var goOn = new CountDownLatch(1);
            blockScrapes(running, scraping, goOn);
            var scrapes = new ArrayList<CompletableFuture<?>>();
            for (int i = 0; i < Endpoints.MAX_CONCURRENT_SCRAPES; i++) {
                scrapes.add(
                        running.client()
                                .sendAsync(
                                        running.request("GET", target).build(),
                                        BodyHandlers.ofString()));
            }
            scraping.await();

            var refused = running.get(target);

            goOn.countDown();
            CompletableFuture.allOf(scrapes.toArray(CompletableFuture[]::new)).join();
            return refused;
        }
    }

    private static HttpResponse<String> provokeTimeout(Operation operation, String target) {
        var never = new CountDownLatch(1);
        try (var running = new RunningApi(limitedTo(Duration.ofMillis(20)))) {
            blockScrapes(running, new CountDownLatch(1), never);
            running.queries.latestSamples =
                    _ -> {
                        await(never);
                        return new LatestSamples(List.of(), 0);
                    };
            running.queries.gpuSeries =
                    _ -> {
                        await(never);
                        return Optional.empty();
                    };
            running.queries.conflicts =
                    _ -> {
                        await(never);
                        return List.of();
                    };
            running.letters.newest =
                    most -> {
                        await(never);
                        return new FakeLetters().newest(most);
                    };
            running.queries.tokens =
                    query -> {
                        await(never);
                        return Samples.tokenReport(query);
                    };
            running.ledger.costs =
                    query -> {
                        await(never);
                        return Costs.report(query);
                    };
            running.ledger.waste =
                    query -> {
                        await(never);
                        return Costs.waste(query);
                    };
            running.ledger.sharing =
                    query -> {
                        await(never);
                        return Costs.sharing(query);
                    };
            running.ledger.lines =
                    query -> {
                        await(never);
                        return Costs.lines(query);
                    };
            running.ledger.charges =
                    query -> {
                        await(never);
                        return Costs.charges(query);
                    };
            running.prices.before = () -> await(never);
            running.budgets.before = () -> await(never);
            return ask(running, operation, target);
        }
    }

    private static void blockScrapes(
            RunningApi running, CountDownLatch scraping, CountDownLatch goOn) {
        Gauge.builder(
                        "blocking",
                        () -> {
                            scraping.countDown();
                            await(goOn);
                            return 1;
                        })
                .register(running.metrics);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static QueryLimits limitedTo(Duration timeout) {
        var limits = QueryLimits.defaults();
        return new QueryLimits(
                limits.maxRange(),
                limits.maxPoints(),
                limits.maxGroups(),
                limits.maxConcurrent(),
                timeout);
    }

    private static RunningApi answering() {
        var running = new RunningApi();
        running.queries.latestSamples = _ -> Samples.latestSamples();
        running.queries.gpuSeries = query -> Optional.of(Samples.gpuSeries(query));
        return running;
    }

    /** Status, media type, headers and body are what the contract says. */
    private static void check(
            Operation operation, String status, String target, HttpResponse<String> answer) {
        var what = status + " of " + target + ": " + answer.body();
        assertEquals(status, Integer.toString(answer.statusCode()), what);
        var mediaType = mediaType(answer);
        assertTrue(CONTRACT.mediaTypes(operation, status).contains(mediaType), what);
        for (var header : CONTRACT.response(operation, status).path("headers").properties()) {
            assertTrue(
                    answer.headers().firstValue(header.getKey()).isPresent()
                            || header.getValue().path("required").equals(BooleanNode.FALSE),
                    what);
        }
        if (mediaType.endsWith("json")) {
            assertEquals(
                    List.of(), CONTRACT.errors(operation, status, mediaType, answer.body()), what);
        }
        if (mediaType.equals("text/csv")) {
            checkCsv(operation, target, answer.body());
        }
    }

    private static void checkCsv(Operation operation, String target, String body) {
        var schema = CONTRACT.response(operation, "200").at("/content/text~1csv/schema");
        var expected = new ArrayList<String>();
        schema.get("x-columns").forEach(column -> expected.add(column.asText()));
        expected.addAll(1, groups(target));
        if (operation.path().equals("/tokens") && target.contains("limit=")) {
            expected.add("rest_rows");
        }
        try (var csv = CSVParser.parse(body, CSVFormat.RFC4180)) {
            var records = csv.getRecords();
            assertEquals(expected, records.getFirst().toList(), target);
            assertTrue(records.size() > 1, target);
            records.forEach(record -> assertEquals(expected.size(), record.size(), target));
        } catch (IOException e) {
            fail(e);
        }
    }

    private static List<String> groups(String target) {
        return Stream.of(target.split("[?&]"))
                .filter(part -> part.startsWith("group_by="))
                .flatMap(part -> Stream.of(part.substring("group_by=".length()).split("%2C")))
                .toList();
    }

    /** The path alone, with each example of each parameter, and with all parameters together. */
    private static List<String> targets(Operation operation) {
        var targets = new ArrayList<String>();
        targets.add(target(operation, List.of()));
        var together = new ArrayList<String>();
        for (var parameter : CONTRACT.parameters(operation)) {
            if (parameter.in().equals("query") && !parameter.fromAnAnswer()) {
                for (var example : parameter.examples()) {
                    targets.add(target(operation, List.of(query(parameter, example))));
                }
                together.add(query(parameter, parameter.examples().getFirst()));
            }
        }
        // the answer's own parameter is tried in QuestionsIT
        targets.add(path(operation) + joined(together));
        for (var parameter : CONTRACT.parameters(operation)) {
            if (parameter.in().equals("path")) {
                for (var example : parameter.examples()) {
                    targets.add(path(operation, parameter, example));
                }
            }
        }
        return targets;
    }

    /** The path with what it cannot be without, and more. */
    private static String target(Operation operation, List<String> query) {
        var all = new ArrayList<String>();
        for (var parameter : CONTRACT.parameters(operation)) {
            var own = query(parameter, parameter.examples().getFirst());
            var name = parameter.name() + "=";
            if (parameter.in().equals("query")
                    && parameter.required()
                    && query.stream().noneMatch(part -> part.startsWith(name))) {
                all.add(own);
            }
        }
        all.addAll(query);
        return path(operation) + joined(all);
    }

    /** With the first example of each of its parts. */
    private static String path(Operation operation) {
        for (var parameter : CONTRACT.parameters(operation)) {
            if (parameter.in().equals("path")) {
                return path(operation, parameter, parameter.examples().getFirst());
            }
        }
        return operation.path();
    }

    private static String path(Operation operation, Parameter parameter, JsonNode example) {
        return operation.path().replace("{" + parameter.name() + "}", encoded(example.asText()));
    }

    private static String joined(List<String> query) {
        return query.isEmpty() ? "" : "?" + String.join("&", query);
    }

    private static String with(String target, String query) {
        return target + (target.contains("?") ? "&" : "?") + query;
    }

    private static String query(Parameter parameter, JsonNode example) {
        var values = new ArrayList<String>();
        if (example.isArray()) {
            example.forEach(value -> values.add(value.asText()));
        } else {
            values.add(example.asText());
        }
        if (!parameter.explode()) {
            return parameter.name() + "=" + encoded(String.join(",", values));
        }
        return values.stream()
                .map(value -> parameter.name() + "=" + encoded(value))
                .collect(joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, UTF_8);
    }

    private static String mediaType(HttpResponse<String> answer) {
        return answer.headers().firstValue("content-type").orElse("").replaceFirst(";.*", "");
    }
}
