package gpuanalytics.placement.model.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gpuanalytics.placement.model.Outcome;
import gpuanalytics.placement.model.RequestFacts;
import gpuanalytics.placement.model.Workload;
import gpuanalytics.placement.trace.BadInputException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ProcessorObserverTest {

    private static final Instant START = Instant.parse("2026-03-01T10:00:30Z");

    private Instant now = START;
    private String gpus = "";
    private final List<String> asked = new ArrayList<>();
    private boolean isAway;
    private String unreadable = "none";
    private final Map<String, PodDirectory.Facts> known = new HashMap<>();
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final ProcessorObserver observer =
            new ProcessorObserver(
                    this::answer,
                    this::find,
                    (node, uid) -> uid.equals("uid-chat") && node.equals("n-1") ? 0.75 : 9,
                    1000,
                    registry,
                    clock);

    private Optional<PodDirectory.Facts> find(String namespace, String pod) {
        return Optional.ofNullable(known.get(namespace + "/" + pod));
    }

    private JsonNode answer(String target) throws BadInputException {
        asked.add(target);
        if (isAway) {
            throw new BadInputException("processor is away, expected one that answers");
        }
        if (target.contains(unreadable)) {
            throw new BadInputException(target + " is status 500, expected 200");
        }
        try {
            return new ObjectMapper()
                    .readTree(
                            target.startsWith("/gpu/info")
                                    ? "{\"gpus\":[%s]}".formatted(gpus)
                                    : series());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An hour whose minutes are busy from 0 to 59 %. */
    private static String series() {
        return IntStream.range(0, 60)
                .mapToObj(
                        minute ->
                                """
                                {"ts":"2026-03-01T10:%02d:00Z","covered_s":60,"energy_j":6000,
                                 "xid_errors":%d,"utilization":{"mean":%s},
                                 "mem_used_bytes":{"max":%d},"mem_total_bytes":{"max":%d}}
                                """
                                        .formatted(
                                                minute,
                                                minute == 5 ? 1 : 0,
                                                minute / 100.0,
                                                (1000L + minute) << 20,
                                                40_000L << 20))
                .collect(Collectors.joining(",", "{\"points\":[", "]}"));
    }

    private static String gpu(String key, String pod, String more) {
        return """
        {"gpu":"%s","host":"h","name":"A10","node":"n-1","namespace":"ml","pod":"%s",
         "team":"search"%s}
        """
                .formatted(key, pod, more);
    }

    private void later(Duration time) {
        now = now.plus(time);
    }

    @Test
    void whatHadItsGpusAtBothLooksIsObserved() throws Exception {
        gpus =
                String.join(
                        ",",
                        gpu("h/0", "chat-7d4b9c6f5d-x2x4z", ""),
                        gpu("h/1", "chat-7d4b9c6f5d-x2x4z", ""),
                        gpu("h/2", "shared-0", ",\"pods\":[\"ml/a/c\",\"ml/b/c\"]"));
        assertEquals(List.of(), observer.look());
        later(Duration.ofHours(1));
        var seen = observer.look();

        assertEquals(1, seen.size());
        var one = seen.getFirst();
        assertEquals(new Workload("ml", "chat", "search", null, null), one.workload());
        assertEquals("A10", one.request().gpuModel());
        assertEquals(2.0, one.request().gpus());
        assertEquals("n-1", one.node().name());
        assertEquals(Instant.parse("2026-03-01T10:00:00Z"), one.from());
        assertEquals(Instant.parse("2026-03-01T11:00:00Z"), one.to());
        assertEquals(0.56, one.outcome().p95Utilization());
        assertEquals(2 * 1059.0, one.outcome().peakMemoryMib());
        assertEquals(2 * 40_000.0, one.outcome().gpuMemoryMib());
        assertEquals(720_000.0, one.outcome().energyJ());
        assertEquals(2.0, one.outcome().failures());
        assertNull(one.endedAt());
        assertEquals(
                "/gpus/series?gpu=h%2F0&from=2026-03-01T10:00:00Z&to=2026-03-01T11:00:00Z&step=1m",
                asked.get(2));
    }

    @Test
    void aPodThatCameInBetweenIsNotObservedYetNorOneThatMoved() throws Exception {
        gpus = gpu("h/0", "a-0", "") + "," + gpu("h/1", "b-0", "");
        observer.look();
        later(Duration.ofHours(1));
        gpus = gpu("h/0", "c-0", "") + "," + gpu("h/2", "b-0", "");

        assertEquals(List.of(), observer.look());
    }

    @Test
    void afterAnOutageItBeginsAnew() throws Exception {
        gpus = gpu("h/0", "a-0", "");
        observer.look();
        later(Duration.ofHours(1));
        isAway = true;
        assertThrows(BadInputException.class, observer::look);
        isAway = false;

        assertEquals(List.of(), observer.look());
        later(Duration.ofHours(1));
        assertEquals(1, observer.look().size());
    }

    @Test
    void aPodWhoseSeriesCannotBeReadIsToldOfAndCountedAndTheOthersAreObserved() throws Exception {
        var lines = new ListAppender<ILoggingEvent>();
        var logger = (Logger) LoggerFactory.getLogger(ProcessorObserver.class);
        lines.start();
        logger.addAppender(lines);
        try {
            gpus = gpu("h/0", "a-0", "") + "," + gpu("h/1", "b-0", "");
            gpus += "," + gpu("h/2", "c-0", "");
            unreadable = "h%2F1";
            observer.look();
            later(Duration.ofHours(1));
            assertEquals(2, observer.look().size());
        } finally {
            logger.detachAppender(lines);
        }

        assertEquals(1, lines.list.size());
        assertEquals(Level.WARN, lines.list.getFirst().getLevel());
        assertEquals(
                "pods=\"1\" observed=\"2\" first=\"ml/b-0\" why=\"/gpus/series?gpu=h%2F1"
                        + "&from=2026-03-01T10:00:00Z&to=2026-03-01T11:00:00Z&step=1m is status"
                        + " 500, expected 200\"",
                lines.list.getFirst().getKeyValuePairs().stream()
                        .map(Object::toString)
                        .collect(Collectors.joining(" ")));
        assertEquals(1, registry.get("placement.outcomes.unread").counter().count());
    }

    @Test
    void theNodeIsTakenAsItWouldBeWithoutThePodWhereThatIsKnown() throws Exception {
        var workload = new Workload("ml", "chat", null, null, null);
        var facts = new PodDirectory.Facts("uid-chat", workload, RequestFacts.UNKNOWN, null);
        known.put("ml/chat-0", facts);
        gpus = gpu("h/0", "chat-0", "") + "," + gpu("h/1", "nobody-0", "");
        observer.look();
        later(Duration.ofHours(1));

        var fragments = new HashMap<String, Double>();
        for (var seen : observer.look()) {
            fragments.put(seen.pod(), seen.node().fragmentGpus());
        }

        assertEquals(0.75, fragments.get("uid-chat"));
        assertTrue(fragments.containsKey("ml/nobody-0"));
        assertNull(fragments.get("ml/nobody-0"));
    }

    @Test
    void aReadingThatOneGpuLacksIsAbsent() throws Exception {
        var json = new ObjectMapper();
        var both = new Readings(2, Duration.ofHours(1));
        both.add(json.readTree(series()));
        both.add(json.readTree(series().replace("\"energy_j\":6000", "\"energy_j\":null")));

        assertNull(both.outcome(null).energyJ());
        assertEquals(0.56, both.outcome(null).p95Utilization());
    }

    @Test
    void aWindowWithHolesIsNotTold() throws Exception {
        var json = new ObjectMapper();
        var both = new Readings(2, Duration.ofHours(1));
        both.add(json.readTree(series()));
        both.add(json.readTree("{\"points\":[]}"));

        assertEquals(new Outcome(null, null, null, null, null, 3.0), both.outcome(3.0));
    }

    @Test
    void namesTellTheirWorkload() {
        assertEquals("chat", WorkloadName.of("chat-7d4b9c6f5d-x2x4z"));
        assertEquals("train-job", WorkloadName.of("train-job-x2x4z"));
        assertEquals("kafka", WorkloadName.of("kafka-12"));
        assertEquals("model-server", WorkloadName.of("model-server"));
    }
}
