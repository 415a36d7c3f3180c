package gpuanalytics.producer.receive.otlp;

import static gpuanalytics.producer.receive.otlp.SpanUsagesTest.attributes;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.receive.UsageOrigin;
import gpuanalytics.producer.translate.EventWriter;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.DataPointFlags;
import io.opentelemetry.proto.metrics.v1.Histogram;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.Sum;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CumulativeStreamsTest {

    private static final long SECOND = 1_000_000_000;
    private static final long START = Instant.parse("2026-03-01T10:00:00Z").getEpochSecond();
    private static final Map<String, Object> SERVICE = Map.of("service.name", "chat");

    private final EventWriter events =
            new EventWriter(new EventCodec(EventLimits.defaults()), Clock.systemUTC());
    private CumulativeStreams streams = new CumulativeStreams(100);

    /** What is in Kafka: tokens by their identity, so that what is told twice counts once. */
    private final Map<String, Long> kafka = new HashMap<>();

    private static long nanos(long second) {
        return second == 0 ? 0 : (START + second) * SECOND;
    }

    private static NumberDataPoint.Builder point(long start, long time) {
        return NumberDataPoint.newBuilder()
                .setStartTimeUnixNano(nanos(start))
                .setTimeUnixNano(nanos(time));
    }

    private static Metric sum(boolean isMonotonic, NumberDataPoint.Builder point) {
        return Metric.newBuilder()
                .setName("vllm:prompt_tokens")
                .setSum(
                        Sum.newBuilder()
                                .setIsMonotonic(isMonotonic)
                                .setAggregationTemporality(
                                        AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE)
                                .addDataPoints(
                                        point.addAllAttributes(
                                                attributes(Map.of("model_name", "m")))))
                .build();
    }

    private static Metric sum(long start, long time, long value) {
        return sum(true, point(start, time).setAsInt(value));
    }

    private static Metric histogram(long time, HistogramDataPoint.Builder point, String type) {
        return Metric.newBuilder()
                .setName("gen_ai.client.token.usage")
                .setHistogram(
                        Histogram.newBuilder()
                                .setAggregationTemporality(
                                        AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE)
                                .addDataPoints(
                                        point.setStartTimeUnixNano(nanos(1))
                                                .setTimeUnixNano(nanos(time))
                                                .addAllAttributes(GpuPointsTest.ofTokens(type))))
                .build();
    }

    private Translation translated(Map<String, Object> resource, Metric... metrics) {
        var into = new Translation(100);
        try {
            var origins = new UsageOrigins(Map.of("chat", UsageOrigin.METRICS));
            new GpuPoints(events, new TokenMetrics(events, origins, Optional.of(streams)))
                    .translate(GpuPointsTest.request(resource, metrics), into);
        } catch (BadRequestException e) {
            throw new AssertionError(e);
        }
        return into;
    }

    private Translation translated(Metric... metrics) {
        return translated(SERVICE, metrics);
    }

    private static Event event(Told told) {
        return assertInstanceOf(Told.Fact.class, told).event();
    }

    private void store(List<Told> told) {
        for (var each : told) {
            var usage = event(each);
            var tokens = usage.get(TokenUsage.PROMPT_TOKENS);
            kafka.put(String.valueOf(usage.get(TokenUsage.EVENT_ID)), tokens == null ? 0 : tokens);
        }
    }

    private long stored() {
        return kafka.values().stream().mapToLong(Long::longValue).sum();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    the rise since the point before            | 1  | 60 | 100 | 1   | 120 | 130 | 30
                    nothing rose                               | 1  | 60 | 100 | 1   | 120 | 100 |
                    begun anew by its start, to less           | 1  | 60 | 100 | 70  | 120 | 40  | 40
                    begun anew by its start, to more           | 1  | 60 | 100 | 60  | 120 | 130 | 130
                    back with the same start                   | 1  | 60 | 100 | 1   | 120 | 40  | 40
                    no start known, risen                      | 0  | 60 | 100 | 0   | 120 | 130 | 30
                    no start known, back                       | 0  | 60 | 100 | 0   | 120 | 40  | 40
                    a start before the last point is no reset  | 1  | 60 | 100 | 30  | 120 | 130 | 30
                    a start at its own time is not known       | 1  | 60 | 100 | 120 | 120 | 130 | 30
                    the start that was its own time, again     | 60 | 60 | 100 | 60  | 120 | 130 | 30
                    the same point again                       | 1  | 60 | 100 | 1   | 60  | 100 |
                    a point that comes too late                | 1  | 60 | 100 | 1   | 59  | 90  |
                    no time                                    | 1  | 60 | 100 | 1   | 0   | 130 |
                    """)
    void twoPoints(
            String what,
            long firstStart,
            long firstTime,
            long firstValue,
            long start,
            long time,
            long value,
            Long rise) {
        assertTrue(translated(sum(firstStart, firstTime, firstValue)).items().isEmpty(), what);
        var second = translated(sum(start, time, value));
        assertEquals(rise == null ? 0 : 1, second.items().size(), what);
        if (rise != null) {
            var usage = event(second.items().getFirst());
            assertEquals(rise, usage.get(TokenUsage.PROMPT_TOKENS), what);
            assertEquals(Instant.ofEpochSecond(START + time), usage.ts(), what);
            assertEquals("m", usage.get(TokenUsage.MODEL), what);
        }
    }

    @Test
    void aPointWithoutAValueIsAGapAndNotZero() {
        translated(sum(1, 60, 100));
        translated(sum(true, point(1, 90)));
        translated(
                sum(
                        true,
                        point(1, 100)
                                .setFlags(
                                        DataPointFlags
                                                .DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK_VALUE)));
        translated(sum(true, point(1, 110).setAsDouble(Double.NaN)));
        store(translated(sum(1, 120, 130)).items());
        assertEquals(30, stored());
    }

    @Test
    void aHistogramIsTheSumOfItsTokensByType() {
        for (long time : new long[] {60, 120}) {
            store(
                    translated(
                                    histogram(
                                            time,
                                            HistogramDataPoint.newBuilder().setSum((double) time),
                                            "input"),
                                    histogram(
                                            time,
                                            HistogramDataPoint.newBuilder().setSum(9.0 * time),
                                            "output"))
                            .items());
        }
        translated(histogram(130, HistogramDataPoint.newBuilder(), "input"));
        store(
                translated(histogram(180, HistogramDataPoint.newBuilder().setSum(180.0), "input"))
                        .items());
        assertEquals(120, stored());
        assertEquals(3, kafka.size());
    }

    @Test
    void streamsDifferByResourceAndASumThatMayFallIsNone() {
        var other = Map.<String, Object>of("service.name", "chat", "service.instance.id", "2");
        translated(sum(1, 60, 100));
        assertTrue(translated(other, sum(1, 120, 130)).items().isEmpty());
        assertEquals(1, translated(sum(1, 120, 130)).items().size());

        var gauge = translated(sum(false, point(1, 180).setAsInt(200)));
        assertTrue(gauge.items().isEmpty());
        assertTrue(gauge.warnings().getFirst().contains("is no delta"));
    }

    @Test
    void beyondTheLimitTheStreamThatIsSilentLongestIsForgottenAndComparedAnew() {
        streams = new CumulativeStreams(2);
        for (var name : List.of("a", "b", "a", "c")) {
            streams.advance(name, new CumulativeStreams.Point(1, kafka.size() + 10, 5));
            kafka.put("call-" + kafka.size(), 0L);
        }
        var later = new CumulativeStreams.Point(1, 100, 7);
        assertEquals(2, streams.advance("a", later).orElseThrow().by());
        assertEquals(Optional.empty(), streams.advance("b", later));
    }

    @Test
    void aRiseThatIsTooMuchForARequestIsKeptAllTheSame() throws BadRequestException {
        var into = new Translation(0);
        var told = translated(sum(1, 60, 1), sum(1, 120, 2)).items().getFirst();
        assertThrows(BadRequestException.class, () -> into.addRise(told));
        assertEquals(List.of(told), into.rises());
    }

    /**
     * A process that counts tokens, restarts, loses its count, and tells it to a door whose Kafka
     * fails, so that it tells again, late or never. What is stored is what it used, without what
     * came before its first point and what no point ever told.
     */
    @ParameterizedTest
    @CsvSource({"1", "2", "3", "4", "5"})
    void anyHistoryCountsEachTokenOnce(int salt) {
        long seed = System.nanoTime() * 31 + salt;
        System.out.println("[seed] cumulative streams: " + seed);
        var history = new History(new Random(seed));
        for (int step = 0; step < 2000; step++) {
            history.step();
        }
        history.end();
        assertEquals(history.told, stored(), () -> "seed " + seed);
        assertFalse(kafka.isEmpty(), () -> "seed " + seed);
    }

    /**
     * What was said once.
     *
     * @param life counts the restarts and losses before it
     */
    private record Said(Metric metric, int life, long time, long value) {}

    private final class History {
        private final Random random;
        private final List<Said> said = new ArrayList<>();
        private long time = 10;
        private long start = 5;
        private long value = 1000;
        private int life;
        private Optional<Said> read = Optional.empty();
        private long told;

        History(Random random) {
            this.random = random;
        }

        void step() {
            time += 1 + random.nextInt(20);
            value += random.nextInt(500);
            switch (random.nextInt(10)) {
                case 0 -> restart();
                case 1 -> loseCount();
                case 2 -> {
                    if (!said.isEmpty()) {
                        send(said.get(random.nextInt(said.size())), random.nextBoolean());
                    }
                }
                default -> say(random.nextInt(4) > 0);
            }
        }

        void end() {
            say(true);
        }

        /** A new process, which may have used more than the old one when it first says so. */
        private void restart() {
            life++;
            start = time;
            time += 2;
            value = random.nextInt(3000);
        }

        /** Less than before with the same start, and said before it is more again. */
        private void loseCount() {
            say(true);
            life++;
            time++;
            value /= 2;
            say(true);
        }

        private void say(boolean arrives) {
            said.add(new Said(sum(start, time, value), life, time, value));
            send(said.getLast(), arrives);
        }

        /** As a door does. What does not arrive, as far as the door knows, may be in Kafka. */
        private void send(Said point, boolean arrives) {
            var untold = streams.untold();
            if (arrives || random.nextBoolean()) {
                store(untold);
            }
            if (!untold.isEmpty() && !arrives) {
                return;
            }
            streams.forget(untold);
            var translation = translated(point.metric());
            note(point);
            if (arrives || random.nextBoolean()) {
                store(translation.items());
            }
            if (!arrives) {
                streams.keep(translation.rises());
            }
        }

        private void note(Said point) {
            if (read.isPresent() && point.time() <= read.get().time()) {
                return;
            }
            if (read.isPresent()) {
                told +=
                        point.life() == read.get().life()
                                ? point.value() - read.get().value()
                                : point.value();
            }
            read = Optional.of(point);
        }
    }
}
