package gpuanalytics.producer.source.scrape;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Decoded;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.RejectReason;
import gpuanalytics.producer.translate.Series;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.kubernetes.KubernetesAccess;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The way of every source that scrapes. */
@Timeout(120)
class ScrapeSourceTest {

    private static final Instant START = Instant.parse("2026-11-28T12:00:04Z");
    private static final ScrapeOptions.Kind KIND = new ScrapeOptions.Kind("DCGM", 9400, 10);

    @TempDir private Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private final List<String> addresses = new ArrayList<>();
    private FakeExporter exporter;

    @BeforeEach
    void open() throws Exception {
        exporter = new FakeExporter();
        exporter.text = "wanted 7\nother 8\n";
        environment.put("DCGM_TARGETS", exporter.target());
    }

    @AfterEach
    void close() {
        exporter.close();
    }

    /** An event for each series, or none for a negative one. */
    private static final class Names implements SeriesReader {

        @Override
        public boolean isWanted(String metric) {
            return metric.equals("wanted");
        }

        @Override
        public List<Decoded> read(Target target, Instant moment, List<Series> series) {
            return series.stream().map(each -> event(target, moment, each)).toList();
        }

        private static Decoded event(Target target, Instant moment, Series series) {
            return series.value() < 0
                    ? new Decoded.Rejected(RejectReason.OUT_OF_RANGE, "negative")
                    : new Decoded.Valid(
                            GpuMetric.builder()
                                    .set(GpuMetric.TS, moment)
                                    .set(GpuMetric.HOST, target.host())
                                    .set(GpuMetric.GPU_INDEX, 0L)
                                    .set(GpuMetric.NAME, "g")
                                    .set(GpuMetric.POWER_W, series.value())
                                    .build());
        }
    }

    private ScrapeSource source() {
        var env = new EnvironmentReader(environment);
        var options = ScrapeOptions.read(env, KIND, KubernetesAccess.read(env), true);
        env.check();
        return new ScrapeSource(
                options, new Names(), this::resolve, Clock.fixed(START, ZoneOffset.UTC));
    }

    private List<String> resolve(String name) throws UnknownHostException {
        if (addresses.isEmpty()) {
            throw new UnknownHostException(name);
        }
        return addresses;
    }

    private static int portOfNobody() throws Exception {
        try (var nobody = new FakeExporter()) {
            return nobody.port();
        }
    }

    private static Instant second(int second) {
        return Instant.parse("2026-11-28T12:00:00Z").plusSeconds(second);
    }

    private static ScrapeSource started(ScrapeSource source) {
        source.nextDue(START);
        return source;
    }

    @Test
    void targetsAreScrapedAtTheMultiplesOfTheInterval() {
        try (var source = source()) {
            assertEquals(second(10), source.nextDue(START));
            assertEquals(List.of(), source.take(START, 100));

            var events = source.take(second(11), 100);

            assertEquals(1, events.size());
            assertEquals(second(10), events.getFirst().ts());
            assertEquals(7.0, events.getFirst().get(GpuMetric.POWER_W));
            assertEquals(EventTopic.GPU_METRICS, events.getFirst().topic());
            assertEquals(second(20), source.nextDue(second(11)));
            assertTrue(source.health().up(), source.health().toString());
            assertEquals("targets answering: 1 of 1", source.health().detail());
        }
    }

    @Test
    void aTargetThatIsAwayIsNamedAndItsGapStaysAGap() throws Exception {
        int port = portOfNobody();
        try (var source = started(source())) {
            environment.put("DCGM_TARGETS", exporter.target() + ",127.0.0.1:" + port);
            try (var both = started(source())) {
                assertEquals(1, both.take(second(10), 100).size());
                assertEquals(
                        "targets answering: 1 of 2; http://127.0.0.1:%d/metrics: no connection"
                                .formatted(port),
                        both.health().detail());
            }
            exporter.status = 503;
            assertEquals(0, source.take(second(10), 100).size());
            assertTrue(source.health().detail().endsWith("answers 503"));
            exporter.status = 200;
            var after = source.take(second(40), 100);
            assertEquals(List.of(second(40)), after.stream().map(e -> e.ts()).toList());
            assertTrue(source.health().up());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "wanted, shows no metrics: line 1 has its end",
        "'wanted{a=\"b\"} x', 'shows no metrics: line 1 has \"x\", expected a number'",
    })
    void whatIsNoMetricsIsAGapWithItsReason(String text, String why) {
        exporter.text = text;
        try (var source = started(source())) {
            assertEquals(List.of(), source.take(second(10), 100));
            assertTrue(source.health().detail().contains(why), source.health().detail());
        }
    }

    @Test
    void anAnswerThatIsTooLongIsAGap() {
        environment.put("DCGM_MAX_BODY_BYTES", "1 KiB");
        exporter.text = "wanted 7\n" + "# comment\n".repeat(200);
        try (var source = started(source())) {
            assertEquals(List.of(), source.take(second(10), 100));
            assertTrue(
                    source.health().detail().contains("http://" + exporter.target()),
                    source.health().detail());
        }
    }

    /**
     * Each target has the same timeout, so the one that answers may be late too on a busy machine:
     * what counts is a round in which it was not. With a target that costs others their answer
     * there is none.
     */
    @Test
    void aTargetThatSaysNothingCostsItsTimeoutAndNoOtherTarget() throws Exception {
        environment.put("DCGM_TIMEOUT_MS", "200");
        try (var slow = new FakeExporter()) {
            slow.silent = true;
            environment.put("DCGM_TARGETS", slow.target() + "," + exporter.target());
            try (var source = started(source())) {
                var taken = List.<Event>of();
                for (int round = 1; taken.isEmpty(); round++) {
                    assertTrue(round < 100, () -> source.health().detail());
                    taken = source.take(second(10 * round), 100);
                }
                assertEquals(1, taken.size());
                var detail = source.health().detail();
                assertTrue(detail.startsWith("targets answering: 1 of 2; "), detail);
                assertTrue(detail.contains("no answer within 200 ms"), detail);
            }
        }
    }

    @Test
    void allAddressesOfANameAreTargetsAndAreLookedUpAgain() {
        environment.remove("DCGM_TARGETS");
        environment.put("DCGM_DNS", "exporters:" + exporter.port());
        try (var source = started(source())) {
            source.lookUp();
            assertEquals(List.of(), source.take(second(10), 100));
            assertEquals(
                    "targets answering: 0 of 0; exporters has no address",
                    source.health().detail());

            addresses.addAll(List.of("127.0.0.1", "127.0.0.2", "127.0.0.1"));
            source.lookUp();
            var hosts =
                    source.take(second(20), 100).stream()
                            .map(event -> event.get(GpuMetric.HOST))
                            .toList();
            assertEquals(List.of("127.0.0.1", "127.0.0.2"), hosts);

            addresses.clear();
            source.lookUp();
            assertEquals(2, source.take(second(30), 100).size(), "the last addresses stay");
            assertTrue(source.health().detail().endsWith("exporters has no address"));
        }
    }

    @Test
    void theTokenOfAFileIsShownAndReadAgain() throws Exception {
        var token = Files.writeString(folder.resolve("token"), "first\n");
        environment.put("DCGM_TOKEN_FILE", token.toString());
        try (var source = started(source())) {
            source.take(second(10), 100);
            Files.writeString(token, "second");
            source.take(second(20), 100);
            Files.delete(token);
            source.take(second(30), 100);

            assertEquals(List.of("Bearer first", "Bearer second"), exporter.authorizations);
            assertTrue(source.health().detail().contains("the token cannot be read"));
        }
    }

    @Test
    void moreTargetsThanThereMayBeAreLeftOutAndNamed() {
        environment.put("DCGM_TARGETS", exporter.target() + ",127.0.0.2:" + exporter.port());
        environment.put("DCGM_MAX_TARGETS", "1");
        try (var source = started(source())) {
            assertEquals(1, source.take(second(10), 100).size());
            assertEquals(
                    "targets answering: 1 of 1; 1 targets are left out, expected at most 1",
                    source.health().detail());
        }
    }

    @Test
    void whatIsNoEventIsCountedByItsReason() {
        exporter.text = "wanted -1\nwanted 3\n";
        try (var source = started(source())) {
            assertEquals(1, source.take(second(10), 100).size());
            assertEquals(Map.of("out_of_range", 1L), source.droppedRows());
        }
    }

    @Test
    void certificatesThatCannotBeReadAreAnErrorOfTheConfiguration() throws Exception {
        environment.put("DCGM_CA_FILE", Files.writeString(folder.resolve("ca"), "none").toString());

        var failure = assertThrows(ConfigurationException.class, this::source);

        assertTrue(failure.errors().getFirst().startsWith("DCGM_CA_FILE cannot be used"));
    }

    @ParameterizedTest
    @CsvSource({
        "ftp://a:9400",
        "http://",
        "http://user@a",
        "http://a/metrics?b=c",
        "a b",
    })
    void anAddressThatIsNoneIsRefusedByItsVariable(String address) {
        environment.put("DCGM_TARGETS", address);

        var failure = assertThrows(ConfigurationException.class, this::source);

        assertEquals(
                "DCGM_TARGETS is %s, expected host:port or a URL of HTTP".formatted(address),
                failure.errors().getFirst());
    }

    @Test
    void aSourceWithoutTargetsAndPodsWithoutAClusterAreRefused() {
        environment.remove("DCGM_TARGETS");
        assertEquals(
                List.of(
                        "DCGM_TARGETS, DCGM_DNS and DCGM_PODS are not set, expected one of them"
                                + " with SOURCE dcgm"),
                assertThrows(ConfigurationException.class, this::source).errors());

        environment.put("DCGM_PODS", "app=exporter");
        assertEquals(
                List.of("DCGM_PODS is set, expected KUBERNETES_API_URL outside of a cluster"),
                assertThrows(ConfigurationException.class, this::source).errors());
    }
}
