package gpuanalytics.producer.receive.otlp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Event;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.receive.UsageOrigin;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogram;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Gauge;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.Sum;
import io.opentelemetry.proto.metrics.v1.Summary;
import io.opentelemetry.proto.metrics.v1.SummaryDataPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Metrics of tokens: their names, and what of them is counted or named. */
class TokenMetricsTest {

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `([a-z0-9._:]+)` \\| tokens \\| ([^|]+) \\| ([^|]+) \\|$");
    private static final String HISTOGRAM = "gen_ai.client.token.usage";
    private static final long END = Instant.parse("2026-03-01T10:00:00Z").getEpochSecond();

    private static Translation translated(Metric metric) throws BadRequestException {
        return GpuPointsTest.translated(
                Map.of("chat", UsageOrigin.METRICS), Map.of("service.name", "chat"), metric);
    }

    private static Event usage(Metric metric) throws BadRequestException {
        var translation = translated(metric);
        assertEquals(List.of(), translation.warnings());
        assertEquals(1, translation.items().size());
        return assertInstanceOf(Told.Fact.class, translation.items().getFirst()).event();
    }

    private static NumberDataPoint point(long tokens) {
        return NumberDataPoint.newBuilder()
                .setStartTimeUnixNano((END - 60) * 1_000_000_000)
                .setTimeUnixNano(END * 1_000_000_000)
                .setAsInt(tokens)
                .addAllAttributes(GpuPointsTest.ofTokens("input"))
                .build();
    }

    private static Metric sum(String name, AggregationTemporality temporality, boolean rises) {
        return Metric.newBuilder()
                .setName(name)
                .setSum(
                        Sum.newBuilder()
                                .setIsMonotonic(rises)
                                .setAggregationTemporality(temporality)
                                .addDataPoints(point(7)))
                .build();
    }

    private static Metric exponential(AggregationTemporality temporality, double sum) {
        return Metric.newBuilder()
                .setName(HISTOGRAM)
                .setExponentialHistogram(
                        ExponentialHistogram.newBuilder()
                                .setAggregationTemporality(temporality)
                                .addDataPoints(
                                        ExponentialHistogramDataPoint.newBuilder()
                                                .setStartTimeUnixNano((END - 60) * 1_000_000_000)
                                                .setTimeUnixNano(END * 1_000_000_000)
                                                .setCount(3)
                                                .setSum(sum)
                                                .setScale(2)
                                                .addAllAttributes(
                                                        GpuPointsTest.ofTokens("output"))))
                .build();
    }

    @Test
    void thePageOfTheDoorsHasTheSameTable() throws IOException {
        var page = Files.readString(Path.of("..", "docs", "doors.md"));

        assertEquals(
                TokenMetricName.ALL.stream()
                        .map(
                                name ->
                                        List.of(
                                                name.metric(),
                                                name.field() == null
                                                        ? "`prompt_tokens` or `completion_tokens`, by `%s`"
                                                                .formatted(
                                                                        TokenMetricName.TOKEN_TYPE)
                                                        : "`%s`".formatted(name.field().name()),
                                                GenAiNameTest.inWords(name.vocabulary())))
                        .toList(),
                ROW.matcher(page)
                        .results()
                        .map(row -> List.of(row.group(1), row.group(2), row.group(3)))
                        .toList());
    }

    @Test
    void eachNameIsCountedAsItsField() throws BadRequestException {
        for (var name : TokenMetricName.ALL) {
            var field = name.field() == null ? TokenUsage.PROMPT_TOKENS : name.field();
            var delta =
                    sum(name.metric(), AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA, true);

            assertEquals(7L, usage(delta).get(field), name.metric());
        }
    }

    @Test
    void aDeltaOfAnExponentialHistogramIsAUsage() throws BadRequestException {
        var usage = usage(exponential(AggregationTemporality.AGGREGATION_TEMPORALITY_DELTA, 700));

        assertEquals(700L, usage.get(TokenUsage.COMPLETION_TOKENS));
        assertEquals(END, usage.ts().getEpochSecond());
    }

    @Test
    void whatCannotBeCountedIsToldItsTrueReason() throws BadRequestException {
        var cumulative = AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE;
        var gauge =
                Metric.newBuilder()
                        .setName(HISTOGRAM)
                        .setGauge(Gauge.newBuilder().addDataPoints(point(7)))
                        .build();
        var summary =
                Metric.newBuilder()
                        .setName(HISTOGRAM)
                        .setSummary(
                                Summary.newBuilder()
                                        .addDataPoints(SummaryDataPoint.newBuilder().setSum(7)))
                        .build();

        requireTold(gauge, " is a gauge, expected a sum or a histogram of tokens");
        requireTold(summary, " is a summary, expected a sum or a histogram of tokens");
        requireTold(
                sum(HISTOGRAM, AggregationTemporality.AGGREGATION_TEMPORALITY_UNSPECIFIED, true),
                " tells no temporality, expected OTEL_");
        requireTold(sum(HISTOGRAM, cumulative, false), " is no delta and may fall, expected OTEL_");
        requireTold(exponential(cumulative, 7), " is no delta, expected OTEL_");
    }

    private static void requireTold(Metric metric, String reason) throws BadRequestException {
        var translation = translated(metric);

        assertEquals(0, translation.items().size());
        assertEquals(1, translation.passed());
        var warning = translation.warnings().getFirst();
        assertTrue(warning.startsWith(HISTOGRAM + reason), warning);
    }
}
