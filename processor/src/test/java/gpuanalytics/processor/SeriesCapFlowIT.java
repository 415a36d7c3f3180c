package gpuanalytics.processor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.store.StoreLayout;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.TreeMap;
import org.bson.Document;
import org.junit.jupiter.api.Test;

/** More series than an hour may have, as they are sent and as they are answered. */
class SeriesCapFlowIT {

    private static final String HOUR = "from=2026-03-02T12:00:00Z&to=2026-03-02T13:00:00Z";

    @Test
    void teamsStayRightWhereUsersAreTooMany() throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            fixture.with("MAX_SERIES_PER_BUCKET", "4");
            try (var processor = Processor.start(fixture.config())) {
                for (int i = 0; i < 9; i++) {
                    var team = i % 3 == 0 ? "fraud" : "tax";
                    usage(fixture, "falcon", team, "customer-" + i, 1 << i);
                }
                // real values that are called other, one of them with a place of its own
                usage(fixture, "other", "tax", "other", 1 << 10);
                fixture.flush();
                fixture.awaitCommitted();

                var teams = json(processor, "/tokens?group_by=team&" + HOUR);
                assertEquals("{fraud=73[], tax=1462[]}", rows(teams, "team"));
                assertEquals("[\"user\"]", teams.path("folded").toString());
                var models = json(processor, "/tokens?group_by=model&" + HOUR);
                assertEquals("{falcon=511[], other=1024[]}", rows(models, "model"));
                var users = json(processor, "/tokens?group_by=user&" + HOUR);
                assertEquals(
                        "{customer-0=1[], customer-1=2[], customer-2=4[], customer-3=8[],"
                                + " other=1520[user]}",
                        rows(users, "user"));
                assertEquals(
                        5, pages(processor, "/tokens?group_by=user&limit=1&order=user&" + HOUR));
                // a filter by what is folded says that something may be missing
                var one = json(processor, "/tokens?user=customer-7&" + HOUR);
                assertEquals(0, one.at("/totals/requests").asLong());
                assertEquals("[\"user\"]", one.path("folded").toString());
                var other = json(processor, "/tokens?user=other&" + HOUR);
                assertEquals(0, other.at("/totals/requests").asLong());
                var nobody = json(processor, "/tokens?user=&" + HOUR);
                assertEquals(0, nobody.at("/totals/requests").asLong());
                var red = json(processor, "/tokens?team=fraud&group_by=user&" + HOUR);
                assertEquals("{customer-0=1[], customer-3=8[], other=64[user]}", rows(red, "user"));
            }
        }
    }

    @Test
    void aRealValueOtherIsARowOfItsOwnBesideTheFolded() throws Exception {
        try (var fixture = PipelineFixture.withTopics()) {
            fixture.with("MAX_SERIES_PER_BUCKET", "2");
            try (var processor = Processor.start(fixture.config())) {
                usage(fixture, "other", "a", "u", 1);
                usage(fixture, "m1", "a", "u", 10);
                usage(fixture, "m2", "a", "u", 100);
                usage(fixture, "m3", "a", "u", 1000);
                fixture.flush();
                fixture.awaitCommitted();

                var models = json(processor, "/tokens?group_by=model&" + HOUR);

                assertEquals(3, models.path("rows").size(), models::toString);
                var found = new TreeMap<String, Long>();
                for (var row : models.path("rows")) {
                    found.put(
                            row.path("model").asText() + row.path("folded"),
                            row.path("prompt_tokens").asLong());
                }
                assertEquals("{m1[]=10, other[\"model\"]=1100, other[]=1}", found.toString());
            }
        }
    }

    /** Rollups of before labels were folded one by one. */
    @Test
    void rollupsWithTheOldNamesOfSurplusSeriesAreFolded() throws Exception {
        try (var fixture = PipelineFixture.withTopics();
                var processor = Processor.start(fixture.config())) {
            usage(fixture, "other", "a", "u", 1);
            fixture.flush();
            fixture.awaitCommitted();
            var noon = Instant.parse("2026-03-02T12:00:00Z");
            for (var series : List.of("other", "other|h/0")) {
                var old =
                        new Document("_id", noon.getEpochSecond() + "|" + series)
                                .append("bucket", Date.from(noon))
                                .append("model", "other")
                                .append("requests", 1L)
                                .append("prompt_tokens", new Document("n", 1L).append("sum", 50L))
                                .append("stored_at", Date.from(Instant.now()));
                if (series.contains("|")) {
                    old.append("gpu", "h/0");
                }
                for (var collection : List.of(StoreLayout.TOKEN_HOUR, StoreLayout.TOKEN_MINUTE)) {
                    fixture.database().getCollection(collection).insertOne(old);
                }
            }

            var models = json(processor, "/tokens?group_by=model,gpu&" + HOUR);

            var found = new TreeMap<String, Long>();
            for (var row : models.path("rows")) {
                found.put(
                        row.path("model") + " " + row.path("gpu") + " " + row.path("folded"),
                        row.path("prompt_tokens").asLong());
            }
            assertEquals(
                    "{\"other\" \"h/0\" [\"model\"]=50,"
                            + " \"other\" \"other\" [\"model\",\"gpu\"]=50,"
                            + " \"other\" null []=1}",
                    found.toString());
            var named = json(processor, "/tokens?model=other&" + HOUR);
            assertEquals(1, named.at("/totals/prompt_tokens").asLong());
            assertTrue(named.path("folded").toString().contains("model"), named::toString);
        }
    }

    /** How many pages there are; the last row is the folded one. */
    private static int pages(Processor processor, String path) throws Exception {
        var page = json(processor, path);
        int pages = 1;
        while (!page.path("next").isNull()) {
            assertEquals("[]", page.at("/rows/0/folded").toString());
            page = json(processor, path + "&cursor=" + page.path("next").asText());
            pages++;
        }
        assertEquals("[\"user\"]", page.at("/rows/0/folded").toString());
        return pages;
    }

    private static String rows(JsonNode answer, String label) {
        var rows = new TreeMap<String, String>();
        for (var row : answer.path("rows")) {
            rows.put(
                    row.path(label).asText(),
                    row.path("prompt_tokens").asLong()
                            + row.path("folded").toString().replace("\"", ""));
        }
        return rows.toString();
    }

    private static void usage(
            PipelineFixture fixture, String model, String team, String user, int tokens) {
        var json =
                ("{'ts':'2026-03-02T12:30:00Z','model':'%s','team':'%s','user':'%s','project':'p',"
                                + "'prompt_tokens':%d}")
                        .formatted(model, team, user, tokens)
                        .replace('\'', '"');
        // one partition, so that it is known which come first
        fixture.send(EventTopic.TOKEN_USAGE, 0, json.getBytes(UTF_8));
    }

    private static JsonNode json(Processor processor, String path) throws Exception {
        var uri = URI.create("http://127.0.0.1:" + processor.httpPort() + path);
        try (var client = HttpClient.newHttpClient()) {
            var answer = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
            assertEquals(200, answer.statusCode(), path + ": " + answer.body());
            return new ObjectMapper().readTree(answer.body());
        }
    }
}
