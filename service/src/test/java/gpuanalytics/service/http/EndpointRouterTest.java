package gpuanalytics.service.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.service.http.Endpoint.Method;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One endpoint of each kind: a body, a long document, a stream without an end, static files. */
@Timeout(60)
class EndpointRouterTest {

    private static final int LINES = 100_000;
    private static final String END = "end";

    private final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final CountDownLatch streamEnded = new CountDownLatch(1);
    private TestServer server;

    @BeforeEach
    void start() {
        server = new TestServer(this::endpoints);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private List<Endpoint> endpoints(HttpMetrics metrics) {
        var gate = new WorkGate("work", 4, Duration.ofSeconds(20), metrics);
        return List.of(
                Endpoint.get("/notes", List.of("text/plain"), _ -> text("none"))
                        .taking(List.of("about")),
                Endpoint.of(
                                Method.POST,
                                "/notes",
                                List.of("text/plain", "application/json"),
                                request ->
                                        text(
                                                "%s %s"
                                                        .formatted(
                                                                request.contentType(),
                                                                new String(request.body(), UTF_8))))
                        .accepting(16, List.of("text/plain", "application/json")),
                Endpoint.get("/document", List.of("text/plain"), _ -> document()).behind(gate),
                Endpoint.get("/broken", List.of("text/plain"), _ -> broken()).behind(gate),
                Endpoint.get("/events", List.of("text/event-stream"), _ -> events()).behind(gate),
                Endpoint.get("/files/*", List.of("text/css"), EndpointRouterTest::file)
                        .with(Map.of("cache-control", "max-age=60")));
    }

    private static Answer text(String text) {
        return Answer.ok("text/plain", text.getBytes(UTF_8));
    }

    private static Answer document() {
        return Answer.ok(
                "text/plain",
                new Body.Streamed(
                        out -> {
                            for (int line = 0; line < LINES; line++) {
                                out.write("line %06d\n".formatted(line).getBytes(UTF_8));
                            }
                        }));
    }

    private static Answer broken() {
        return Answer.ok(
                "text/plain",
                new Body.Streamed(
                        _ -> {
                            throw new IllegalStateException("password=hunter2");
                        }));
    }

    private Answer events() {
        return Answer.ok(
                "text/event-stream",
                new Body.Endless(
                        out -> {
                            try {
                                for (var event = events.take();
                                        !event.equals(END);
                                        event = events.take()) {
                                    out.write("data: %s\n\n".formatted(event).getBytes(UTF_8));
                                    out.flush();
                                }
                            } finally {
                                streamEnded.countDown();
                            }
                        }));
    }

    private static Answer file(Endpoint.Request request) {
        var name = request.path().get("*");
        if (!"style/page.css".equals(name)) {
            throw new ProblemException(
                    Problem.notFound("file is %s, expected style/page.css".formatted(name)));
        }
        return Answer.ok("text/css", "body{}".getBytes(UTF_8));
    }

    /** Java's client asks for HTTP/2 with its first request, and gets lost on the way there. */
    @Test
    void answersWhoAsksToUpgradeInHttp11() throws Exception {
        assertEquals(HttpClient.Version.HTTP_1_1, server.get("/notes").version());
    }

    @Test
    void takesABody() throws Exception {
        assertEquals("text/plain hello", server.send("POST", "/notes", "hello").body());
        assertEquals(
                "application/json {}",
                server.send("POST", "/notes", "{}", "content-type", "application/json; charset=x")
                        .body());
        assertEquals("none", server.get("/notes").body());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    GET    | /nothing      |        |                  |           | 404 | path is /nothing, expected one of /notes, /document, /broken, /events, /files/*
                    DELETE | /notes        |        |                  |           | 405 | method is DELETE, expected one of GET, HEAD, POST, OPTIONS
                    POST   | /document     |        |                  |           | 405 | method is POST, expected one of GET, HEAD, OPTIONS
                    TRACE  | /document     |        |                  |           | 405 | method is TRACE, expected one of GET, HEAD, OPTIONS
                    GET    | /notes        |        |                  | image/png | 406 | Accept is image/png, expected one of text/plain
                    POST   | /notes        | 12345678901234567 |       |           | 413 | body is 17 bytes, expected at most 16 bytes
                    POST   | /notes        | x      | image/png        |           | 415 | Content-Type is image/png, expected one of text/plain, application/json
                    POST   | /notes        | x      | nonsense         |           | 415 | Content-Type is nonsense, expected one of text/plain, application/json
                    GET    | /notes?abut=1 |        |                  |           | 400 | abut is unknown, expected one of about
                    GET    | /files/other  |        |                  |           | 404 | file is other, expected style/page.css
                    """)
    void refusesWithTheThingItsValueAndTheExpectation(
            String method,
            String path,
            String body,
            String contentType,
            String accept,
            int status,
            String detail)
            throws Exception {
        var answer =
                server.send(
                        method,
                        path,
                        body == null ? "" : body,
                        "content-type",
                        contentType == null ? "text/plain" : contentType,
                        "accept",
                        accept == null ? "*/*" : accept);

        assertEquals(status, answer.statusCode(), answer.body());
        assertEquals("application/problem+json", header(answer, "content-type"));
        assertTrue(answer.body().contains("\"detail\":\"" + detail + "\""), answer.body());
        assertEquals("nosniff", header(answer, "x-content-type-options"));
        if (status == 405) {
            assertEquals(detail.replaceFirst(".*one of ", ""), header(answer, "allow"));
        }
    }

    @Test
    void refusesABodyThatTurnsOutToBeTooLarge() throws Exception {
        try (var socket = server.connect()) {
            socket.getOutputStream()
                    .write(
                            """
                            POST /notes HTTP/1.1\r
                            host: x\r
                            transfer-encoding: chunked\r
                            \r
                            9\r
                            123456789\r
                            9\r
                            123456789\r
                            0\r
                            \r
                            """
                                    .getBytes(UTF_8));

            assertTrue(firstLine(socket.getInputStream().readNBytes(12)).endsWith("413"));
        }
    }

    @Test
    void aPathThatCannotBeDecodedIsAProblem() throws Exception {
        try (var socket = server.connect()) {
            TestServer.ask(socket, "/%zz");
            var read = new StringBuilder();
            readUntil(socket.getInputStream(), read, "percent-encoded UTF-8");

            assertTrue(read.toString().startsWith("HTTP/1.1 400"), read.toString());
            assertTrue(read.toString().contains("application/problem+json"), read.toString());
        }
    }

    @Test
    void saysWhatCanBeDoneWithAPath() throws Exception {
        var options = server.send("OPTIONS", "/notes", "");

        assertEquals(204, options.statusCode());
        assertEquals("GET, HEAD, POST, OPTIONS", header(options, "allow"));
        assertEquals("", options.body());
    }

    @Test
    void streamsALongDocumentAndTellsItsLengthToHead() throws Exception {
        var whole = server.get("/document");
        var head = server.send("HEAD", "/document", "");

        assertEquals(LINES, whole.body().lines().count());
        assertTrue(whole.body().endsWith("line 099999\n"));
        assertEquals(200, head.statusCode());
        assertEquals(Integer.toString(whole.body().length()), header(head, "content-length"));
        assertEquals("", head.body());
    }

    @Test
    void aDocumentThatFailsBeforeItsFirstChunkIsAProblem() throws Exception {
        var answer = server.get("/broken");

        assertEquals(500, answer.statusCode());
        assertFalse(answer.body().contains("hunter2"), answer.body());
    }

    @Test
    void eachEventReachesTheClientAtOnceAndTheStreamEndsWhenTheClientGoes() throws Exception {
        try (var socket = server.connect()) {
            TestServer.ask(socket, "/events", "gzip");
            var in = socket.getInputStream();
            var read = new StringBuilder();
            events.add("one");
            readUntil(in, read, "data: one");
            events.add("two");
            readUntil(in, read, "data: two");

            assertFalse(read.toString().contains("content-encoding: gzip"), read.toString());
        }

        streamEnded.await();
    }

    @Test
    void aStreamMayEndByItself() throws Exception {
        events.addAll(List.of("only", END));

        assertEquals("data: only\n\n", server.get("/events").body());
    }

    @Test
    void servesWhatLiesBelowAPathWithHeadersOfItsOwn() throws Exception {
        var file = server.get("/files/style/page.css");

        assertEquals("body{}", file.body());
        assertEquals("max-age=60", header(file, "cache-control"));
        assertEquals(404, server.get("/files/../notes/x").statusCode());
    }

    @Test
    void aPathAndMethodIsThereOnce() {
        var one = Endpoint.get("/a", List.of("text/plain"), _ -> text("a"));

        assertThrows(IllegalArgumentException.class, () -> new TestServer(_ -> List.of(one, one)));
    }

    private static void readUntil(InputStream in, StringBuilder read, String text)
            throws IOException {
        while (!read.toString().contains(text)) {
            int next = in.read();
            assertTrue(next >= 0, "ended after " + read);
            read.append((char) next);
        }
    }

    private static String firstLine(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }
}
