package gpuanalytics.service.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a query is written, and the media type that it may name. */
@Timeout(60)
class QueryFormTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /rows?by=a;b            | by    | a;b
                    /rows?x=1&by=a;c=d      | by    | a;c=d
                    /rows?;by=a             | ;by   | a
                    /rows?;                 | query | ;
                    /rows?by=a&x;           | x     | x;
                    """)
    void aRawSemicolonIsRefusedByName(String target, String parameter, String value)
            throws Exception {
        try (var server = server()) {
            var answer = server.get(target);

            assertEquals(400, answer.statusCode());
            assertTrue(answer.body().contains("written %3B"), answer.body());
            assertTrue(
                    answer.body().contains("\"parameter\":\"%s\"".formatted(parameter)),
                    answer.body());
            assertTrue(answer.body().contains("\"value\":\"%s\"".formatted(value)), answer.body());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "%ff, \ufffd", // no byte of UTF-8
        "a%c3, a\ufffd", // one of two
        "%c3%28, \ufffd(",
        "%c3%a9, é",
        "%EF%BF%BD, \ufffd",
        "%F0%9F%98%80+b, 😀 b",
    })
    void whatIsNoUtf8IsReadAsTheMarkForIt(String escaped, String value) throws Exception {
        try (var server = server()) {
            var answer = server.get("/rows?by=" + escaped);

            assertEquals(200, answer.statusCode());
            assertEquals("[%s]".formatted(value), answer.body());
        }
    }

    @Test
    void anEscapedSemicolonIsAPartOfTheValue() throws Exception {
        try (var server = server()) {
            assertEquals("[a;b]", server.get("/rows?by=a%3Bb").body());
        }
    }

    @Test
    void formatGoesBeforeAccept() throws Exception {
        try (var server = server()) {
            for (var accept : List.of("text/csv", "application/json", "image/png", "*/*")) {
                for (var format : List.of("csv", "json")) {
                    var answer = server.get("/rows?format=" + format, "accept", accept);

                    assertEquals(200, answer.statusCode());
                    assertEquals(
                            format.equals("csv") ? "text/csv" : "application/json",
                            answer.headers().firstValue("content-type").orElseThrow());
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /rows?format=xml             | format is xml, expected json or csv
                    /rows?format=CSV             | format is CSV, expected json or csv
                    /rows?format=                | format is empty, expected json or csv
                    /rows?format=csv&format=json | format is csv and json, expected json or csv
                    /plain?format=csv            | format is unknown, expected no parameter
                    """)
    void refusesAFormatThatThereIsNot(String target, String detail) throws Exception {
        try (var server = server()) {
            var answer = server.get(target);

            assertEquals(400, answer.statusCode());
            assertTrue(answer.body().contains(detail), answer.body());
        }
    }

    private static TestServer server() {
        return new TestServer(
                _ ->
                        List.of(
                                Endpoint.get(
                                                "/rows",
                                                List.of("application/json", "text/csv"),
                                                request ->
                                                        Answer.ok(
                                                                request.mediaType(),
                                                                String.valueOf(
                                                                                request.query()
                                                                                        .get("by"))
                                                                        .getBytes(UTF_8)))
                                        .taking(List.of("by", "x", "format")),
                                Endpoint.get(
                                        "/plain",
                                        List.of("text/plain"),
                                        _ -> Answer.ok("text/plain", new byte[] {1}))));
    }
}
