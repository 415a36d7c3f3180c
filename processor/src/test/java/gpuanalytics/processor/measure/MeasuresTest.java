package gpuanalytics.processor.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.Field.Aggregation;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MeasuresTest {

    /** 500 a second. */
    private static final double EVENTS_OF_A_SERIES_IN_AN_HOUR = 1.8e6;

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void areTheFieldsThatAggregateInTheOrderOfTheContract(EventTopic topic) {
        var measures = Measures.of(topic);
        int index = 0;
        for (var field : topic.fields().fields()) {
            if (field.aggregation() != Aggregation.NONE) {
                var measure = measures.get(index);
                assertSame(field, measure.field());
                assertEquals(index, measure.index());
                assertSame(measure, measures.find(field.name()));
                assertSame(measure, measures.get(field));
                index++;
            }
        }
        assertEquals(index, measures.size());
    }

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void areNumbers(EventTopic topic) {
        for (var measure : Measures.of(topic)) {
            var kind = measure.field().kind();
            assertTrue(kind == Field.Kind.INTEGER || kind == Field.Kind.NUMBER, measure.name());
        }
    }

    /**
     * The range of a field and how it is summed are one decision. Durations are left out: they add
     * up to how many requests are in flight, 2.5 million of them all the time, not to how many end.
     */
    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void haveAnHourlySumThatFitsAnInt64(EventTopic topic) {
        for (var measure : Measures.of(topic)) {
            if (measure.hasSum() && !measure.hasBins()) {
                var largest = measure.field().max() * measure.sumPerUnit();
                assertTrue(
                        largest * EVENTS_OF_A_SERIES_IN_AN_HOUR < Long.MAX_VALUE,
                        () -> "%s: an hour of %s each".formatted(measure.name(), largest));
            }
        }
    }

    /** Documents in the store hold these under these names and in these units for 400 days. */
    @Test
    void keepTheFormThatDocumentsWereStoredIn() {
        var stored =
                Map.of(
                        EventTopic.GPU_METRICS,
                        Map.ofEntries(
                                Map.entry("utilization", "n sum_micro range"),
                                Map.entry("sm_active", "n sum_micro range"),
                                Map.entry("tensor_active", "n sum_micro range"),
                                Map.entry("dram_active", "n sum_micro range"),
                                Map.entry("power_w", "n sum_micro range"),
                                Map.entry("temp_c", "n sum_micro range"),
                                Map.entry("price_per_hour_usd", "n sum_micro range"),
                                Map.entry("mem_used_bytes", "n sum range"),
                                Map.entry("mem_total_bytes", "n sum range"),
                                Map.entry("sm_clock_hz", "n sum range"),
                                Map.entry("mem_clock_hz", "n sum range"),
                                Map.entry("pcie_tx_bps", "n sum range"),
                                Map.entry("pcie_rx_bps", "n sum range"),
                                Map.entry("energy_j_total", "n range"),
                                Map.entry("throttle_s_total", "n range")),
                        EventTopic.TOKEN_USAGE,
                        Map.of(
                                "prompt_tokens", "n sum",
                                "completion_tokens", "n sum",
                                "cached_prompt_tokens", "n sum",
                                "cache_write_tokens", "n sum",
                                "reasoning_tokens", "n sum",
                                "latency_ms", "n sum_micro range bins",
                                "ttft_ms", "n sum_micro range bins"));
        stored.forEach(
                (topic, forms) ->
                        forms.forEach(
                                (name, form) -> {
                                    var measure = Measures.of(topic).find(name);
                                    assertTrue(measure != null, name);
                                    assertEquals(form, form(measure), name);
                                }));
    }

    private static String form(Measure measure) {
        return "n"
                + (measure.hasSum() ? " " + measure.sumName() : "")
                + (measure.hasRange() ? " range" : "")
                + (measure.hasBins() ? " bins" : "");
    }
}
