package gpuanalytics.service.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.service.config.EnvironmentReader;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of the origins that are named may read answers, of all others none. */
@Timeout(60)
class CorsOriginsTest {

    private static final String SITE = "https://boards.example:8443";
    private static final String ALLOWED = "access-control-allow-origin";

    @Test
    void nobodyIsAllowedByDefault() throws Exception {
        try (var server = server(CorsOrigins.none())) {
            var answer = server.get("/notes", "origin", SITE);

            assertEquals(Optional.empty(), answer.headers().firstValue(ALLOWED));
            assertEquals("accept, accept-encoding", vary(answer));
        }
    }

    @Test
    void aPageOfANamedOriginMayReadAnswersAndProblems() throws Exception {
        try (var server = server(new CorsOrigins(Set.of(SITE, "http://[::1]:3000")))) {
            for (var path : List.of("/notes", "/notes?x=1", "/nothing")) {
                var answer = server.get(path, "origin", SITE);

                assertEquals(Optional.of(SITE), answer.headers().firstValue(ALLOWED), path);
                assertEquals(
                        Optional.of("*"),
                        answer.headers().firstValue("access-control-expose-headers"));
                assertEquals("accept, accept-encoding, origin", vary(answer));
                assertEquals(
                        Optional.empty(),
                        answer.headers().firstValue("access-control-allow-credentials"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://boards.example:8443",
                "https://boards.example",
                "https://boards.example:8443.evil.example",
                "https://x.boards.example:8443",
                "https://BOARDS.example:8443",
                "null",
                "*"
            })
    void aPageOfAnotherOriginMayNot(String origin) throws Exception {
        try (var server = server(new CorsOrigins(Set.of(SITE)))) {
            var answer = server.get("/notes", "origin", origin);
            var preflight = preflight(server, origin);

            assertEquals(200, answer.statusCode());
            assertEquals(Optional.empty(), answer.headers().firstValue(ALLOWED));
            assertEquals("accept, accept-encoding, origin", vary(answer));
            assertEquals(Optional.empty(), preflight.headers().firstValue(ALLOWED));
            assertEquals(
                    Optional.empty(),
                    preflight.headers().firstValue("access-control-allow-methods"));
        }
    }

    @Test
    void aPreflightIsAnsweredWithWhatThePathHas() throws Exception {
        try (var server = server(new CorsOrigins(Set.of(SITE)))) {
            var headers = preflight(server, SITE).headers();

            assertEquals(Optional.of(SITE), headers.firstValue(ALLOWED));
            assertEquals(
                    Optional.of("GET, HEAD, OPTIONS"),
                    headers.firstValue("access-control-allow-methods"));
            assertEquals(Optional.of("*"), headers.firstValue("access-control-allow-headers"));
            assertEquals(Optional.of("600"), headers.firstValue("access-control-max-age"));
            assertEquals(Optional.of("origin"), headers.firstValue("vary"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "null",
                "boards.example",
                "https://boards.example/",
                "https://Boards.example",
                "https://*.example",
                "https://boards.example:443",
                "http://boards.example:80",
                "ftp://boards.example",
                "https://user@boards.example"
            })
    void refusesWhatIsNoOrigin(String text) {
        var environment = new EnvironmentReader(Map.of("HTTP_CORS_ORIGINS", SITE + "," + text));

        assertEquals(CorsOrigins.none(), CorsOrigins.read(environment));
        assertEquals(1, environment.errors().size());
        assertEquals(
                "HTTP_CORS_ORIGINS has %s, expected scheme://host or scheme://host:port in lower case, without a path and without the scheme's own port"
                        .formatted(text),
                environment.errors().getFirst());
    }

    @Test
    void readsOriginsAndLimitsTheirNumber() {
        var two = new EnvironmentReader(Map.of("HTTP_CORS_ORIGINS", SITE + ", http://[::1]:3000"));
        var many =
                new EnvironmentReader(
                        Map.of(
                                "HTTP_CORS_ORIGINS",
                                IntStream.range(0, 101)
                                        .mapToObj(i -> "https://s%d.example".formatted(i))
                                        .collect(Collectors.joining(","))));

        assertEquals(new CorsOrigins(Set.of(SITE, "http://[::1]:3000")), CorsOrigins.read(two));
        assertEquals(CorsOrigins.none(), CorsOrigins.read(many));
        assertEquals(
                List.of("HTTP_CORS_ORIGINS has 101 origins, expected at most 100"), many.errors());
    }

    private static HttpResponse<String> preflight(TestServer server, String origin)
            throws Exception {
        return server.send(
                "OPTIONS",
                "/notes",
                "",
                "origin",
                origin,
                "access-control-request-method",
                "GET",
                "access-control-request-headers",
                "x-trace");
    }

    private static TestServer server(CorsOrigins origins) {
        return new TestServer(
                HttpSettings.at("127.0.0.1", 0).with(origins),
                _ ->
                        List.of(
                                Endpoint.get(
                                        "/notes",
                                        List.of("text/plain"),
                                        _ -> Answer.ok("text/plain", "none".getBytes(UTF_8)))));
    }

    private static String vary(HttpResponse<String> answer) {
        return String.join(", ", answer.headers().allValues("vary"));
    }
}
