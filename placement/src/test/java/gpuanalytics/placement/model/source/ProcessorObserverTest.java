package gpuanalytics.placement.model.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gpuanalytics.placement.model.Outcome;
import gpuanalytics.placement.model.Workload;
import gpuanalytics.placement.trace.BadInputException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProcessorObserverTest {

    private static final Instant START = Instant.parse("2026-03-01T10:00:30Z");

    private Instant now = START;
    private String gpus = "";
    private final List<String> asked = new ArrayList<>();
    private boolean isAway;
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final ProcessorObserver observer =
            new ProcessorObserver(this::answer, PodDirectory.NONE, node -> Double.NaN, 1000, clock);

    private JsonNode answer(String target) throws BadInputException {
        asked.add(target);
        if (isAway) {
            throw new BadInputException("processor is away, expected one that answers");
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
