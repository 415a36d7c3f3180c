package gpuanalytics.embedded.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A real browser with one page, driven by its DevTools protocol. */
public final class Chromium implements AutoCloseable {

    private static final List<String> PLACES =
            List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(45);
    private static final int TAB = 9;
    private static final String LISTENING = "DevTools listening on ws://";

    private final Process process;
    private final Path profile;
    private final HttpClient http = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final AtomicInteger lastId = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> underWay = new ConcurrentHashMap<>();

    /** What the page has complained of. */
    public final List<String> complaints = new CopyOnWriteArrayList<>();

    /** Every address that it has asked for. */
    public final List<String> requests = new CopyOnWriteArrayList<>();

    private Chromium(Path program) throws IOException, InterruptedException {
        profile = Files.createTempDirectory("chromium");
        process =
                new ProcessBuilder(
                                program.toString(),
                                "--headless=new",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-extensions",
                                "--disable-background-networking",
                                "--no-first-run",
                                "--lang=en-US",
                                "--user-data-dir=" + profile,
                                "--remote-debugging-port=0",
                                "about:blank")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        socket =
                http.newWebSocketBuilder()
                        .buildAsync(URI.create(page(address())), new Messages())
                        .orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS)
                        .join();
        for (var domain : List.of("Page", "Runtime", "Log", "Network")) {
            send(domain + ".enable", Map.of());
        }
    }

    /** Where a browser is installed; empty where none is. */
    public static Optional<Path> program() {
        return PLACES.stream().map(Path::of).filter(Files::isExecutable).findFirst();
    }

    public static Chromium start(Path program) throws IOException, InterruptedException {
        return new Chromium(program);
    }

    private String address() throws IOException {
        var lines =
                new BufferedReader(
                        new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(LISTENING)) {
                Thread.ofVirtual().start(() -> lines.lines().forEach(_ -> {}));
                return line.substring(LISTENING.length()).replaceFirst("/.*", "");
            }
        }
        throw new IOException("the browser ended before it listened");
    }

    private String page(String address) throws IOException, InterruptedException {
        var list = URI.create("http://" + address + "/json/list");
        while (true) {
            var answer = http.send(HttpRequest.newBuilder(list).build(), BodyHandlers.ofString());
            for (var target : JSON.readTree(answer.body())) {
                if (target.path("type").asText().equals("page")) {
                    return target.path("webSocketDebuggerUrl").asText();
                }
            }
        }
    }

    /** Shows an address and waits until the view has been filled. */
    public void open(String url) {
        evaluate("document.getElementById('main')?.removeAttribute('data-shown')");
        send("Page.navigate", Map.of("url", url));
        until("document.getElementById('main')?.dataset.shown !== undefined");
    }

    /** Opens a tab in front of the page, which is not seen any more; returns what names the tab. */
    public String openTab(String url) {
        return send("Target.createTarget", Map.of("url", url)).path("targetId").asText();
    }

    /** Its title; its address until its page has come. */
    public String titleOf(String tab) {
        return send("Target.getTargetInfo", Map.of("targetId", tab))
                .at("/targetInfo/title")
                .asText();
    }

    public void closeTab(String tab) {
        send("Target.closeTarget", Map.of("targetId", tab));
    }

    /** Lets go of the page, so that it asks for nothing more. */
    public void leave() {
        send("Page.navigate", Map.of("url", "about:blank"));
    }

    public void size(int width, int height, boolean dark) {
        send(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
        send(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(
                                Map.of(
                                        "name",
                                        "prefers-color-scheme",
                                        "value",
                                        dark ? "dark" : "light"))));
    }

    /** Presses a key that makes no character, such as Tab. */
    public void press(String key) {
        for (var type : List.of("rawKeyDown", "keyUp")) {
            send(
                    "Input.dispatchKeyEvent",
                    Map.of(
                            "type",
                            type,
                            "key",
                            key,
                            "code",
                            key,
                            "windowsVirtualKeyCode",
                            key.equals("Tab") ? TAB : 0));
        }
    }

    /** Presses the mouse at one place of what is seen, and lets go at another. */
    public void drag(double fromX, double toX, double y) {
        mouse("mousePressed", fromX, y);
        mouse("mouseMoved", (fromX + toX) / 2, y);
        mouse("mouseMoved", toX, y);
        mouse("mouseReleased", toX, y);
    }

    private void mouse(String type, double x, double y) {
        send(
                "Input.dispatchMouseEvent",
                Map.of(
                        "type",
                        type,
                        "x",
                        x,
                        "y",
                        y,
                        "button",
                        "left",
                        "buttons",
                        1,
                        "clickCount",
                        1));
    }

    /** The value of an expression. */
    public JsonNode evaluate(String expression) {
        var answer =
                send(
                        "Runtime.evaluate",
                        Map.of(
                                "expression",
                                expression,
                                "awaitPromise",
                                true,
                                "returnByValue",
                                true));
        if (answer.has("exceptionDetails")) {
            throw new IllegalStateException(expression + ": " + answer.get("exceptionDetails"));
        }
        return answer.at("/result/value");
    }

    /** Waits until an expression is true; the page itself looks again and again. */
    public void until(String condition) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < end) {
            try {
                if (evaluate(
                                "new Promise(told => { const end = Date.now() + 2000; const look = () => (%s) ? told(true) : Date.now() > end ? told(false) : setTimeout(look, 20); look(); })"
                                        .formatted(condition))
                        .asBoolean()) {
                    return;
                }
            } catch (IllegalStateException ignored) {
                // another page has come meanwhile
            }
        }
        throw new IllegalStateException("never true: " + condition + "; page: " + text());
    }

    /** All that is to be read on the page. */
    public String text() {
        return evaluate("document.body.innerText").asText();
    }

    /** Pictures are without the bars of whatever scrolls. */
    public void hideScrollbars() {
        send("Emulation.setScrollbarsHidden", Map.of("hidden", true));
    }

    /** What is seen of the page without scrolling, as PNG. */
    public byte[] screenshot() {
        return picture(Map.of());
    }

    /** The whole page as PNG, as long as it is. */
    public byte[] wholePage() {
        var size = send("Page.getLayoutMetrics", Map.of()).path("cssContentSize");
        return picture(
                Map.of(
                        "captureBeyondViewport",
                        true,
                        "clip",
                        Map.of(
                                "x",
                                0,
                                "y",
                                0,
                                "width",
                                size.path("width").asDouble(),
                                "height",
                                size.path("height").asDouble(),
                                "scale",
                                1)));
    }

    private byte[] picture(Map<String, ?> parameters) {
        return Base64.getDecoder()
                .decode(send("Page.captureScreenshot", parameters).path("data").asText());
    }

    private JsonNode send(String method, Map<String, ?> parameters) {
        int id = lastId.incrementAndGet();
        var answer = new CompletableFuture<JsonNode>();
        underWay.put(id, answer);
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", JSON.valueToTree(parameters));
        socket.sendText(message.toString(), true).join();
        var told = answer.orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
        if (told.has("error")) {
            throw new IllegalStateException(method + ": " + told.get("error"));
        }
        return told.path("result");
    }

    private void take(JsonNode message) {
        if (message.has("id")) {
            var answer = underWay.remove(message.get("id").asInt());
            if (answer != null) {
                answer.complete(message);
            }
            return;
        }
        var what = message.path("params");
        switch (message.path("method").asText()) {
            case "Runtime.exceptionThrown" -> complaints.add(what.path("exceptionDetails") + "");
            case "Runtime.consoleAPICalled" -> complaints.add(what.path("args") + "");
            case "Log.entryAdded" -> complaints.add(what.at("/entry/text").asText());
            case "Network.requestWillBeSent" -> requests.add(what.at("/request/url").asText());
            default -> {}
        }
    }

    private final class Messages implements WebSocket.Listener {
        private final StringBuilder parts = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket from, CharSequence part, boolean isLast) {
            parts.append(part);
            if (isLast) {
                try {
                    take(JSON.readTree(parts.toString()));
                } catch (IOException e) {
                    complaints.add("no JSON: " + parts);
                }
                parts.setLength(0);
            }
            from.request(1);
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        socket.abort();
        http.shutdownNow();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
        try (var files = Files.walk(profile)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
