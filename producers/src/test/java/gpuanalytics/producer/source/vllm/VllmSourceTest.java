package gpuanalytics.producer.source.vllm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import gpuanalytics.event.Decoded;
import gpuanalytics.event.Event;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.source.scrape.Target;
import gpuanalytics.producer.translate.EventWriter;
import gpuanalytics.producer.translate.Exposition;
import gpuanalytics.producer.translate.ExpositionException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Counters of servers as usages. The texts are written by hand in the servers' own form; names and
 * labels were compared with vLLM's {@code v1/metrics/loggers.py} and {@code FINISH_REASON_STRINGS},
 * with TGI's router and its page of metrics, with IBM's TGIS, whose successes have labels, and with
 * the output on SGLang's page of production metrics.
 */
class VllmSourceTest {

    private static final Target TARGET =
            new Target(URI.create("http://10.0.0.1:8000/metrics"), Optional.empty());

    private final EventWriter events =
            new EventWriter(
                    new EventCodec(EventLimits.defaults()), Clock.fixed(at(8000), ZoneOffset.UTC));
    private final VllmReader reader = new VllmReader(events, "unknown", Duration.ofHours(1));

    private static Instant at(int seconds) {
        return Instant.parse("2026-11-28T12:00:00Z").plusSeconds(seconds);
    }

    private List<Event> look(int seconds, String text) {
        return look(reader, TARGET, seconds, text);
    }

    private static List<Event> look(VllmReader reader, Target target, int seconds, String text) {
        try {
            var series = Exposition.read(text, reader::isWanted, 1000);
            return reader.read(target, at(seconds), series).stream()
                    .map(
                            decoded ->
                                    switch (decoded) {
                                        case Decoded.Valid valid -> valid.event();
                                        case Decoded.Rejected why ->
                                                throw new AssertionError(why.detail());
                                    })
                    .toList();
        } catch (ExpositionException e) {
            throw new AssertionError(text, e);
        }
    }

    /** A server with two engines, of which the second has counted nothing. */
    private static String vllm(int prompt, int completion, int stopped, int aborted, double ttft) {
        return """
        # HELP vllm:prompt_tokens_total Number of prefill tokens processed.
        # TYPE vllm:prompt_tokens_total counter
        vllm:prompt_tokens_total{engine="0",model_name="llama"} %1$d.0
        vllm:prompt_tokens_total{engine="1",model_name="llama"} 0.0
        vllm:prompt_tokens_cached_total{engine="0",model_name="llama"} %1$d.0
        vllm:generation_tokens_total{engine="0",model_name="llama"} %2$d.0
        vllm:request_success_total{engine="0",finished_reason="stop",model_name="llama"} %3$d.0
        vllm:request_success_total{engine="0",finished_reason="length",model_name="llama"} 0.0
        vllm:request_success_total{engine="0",finished_reason="abort",model_name="llama"} %4$d.0
        vllm:time_to_first_token_seconds_bucket{engine="0",le="0.1",model_name="llama"} %3$d.0
        vllm:time_to_first_token_seconds_count{engine="0",model_name="llama"} %3$d.0
        vllm:time_to_first_token_seconds_sum{engine="0",model_name="llama"} %5$s
        vllm:e2e_request_latency_seconds_count{engine="0",model_name="llama"} %3$d.0
        vllm:e2e_request_latency_seconds_sum{engine="0",model_name="llama"} %6$s
        """
                .formatted(prompt, completion, stopped, aborted, ttft, 10 * ttft);
    }

    private static List<Long> tokens(List<Event> usages) {
        return usages.stream().map(usage -> usage.get(TokenUsage.PROMPT_TOKENS)).toList();
    }

    @Test
    void theFirstLookIsOnlyWhatTheNextIsComparedWith() {
        assertEquals(List.of(), look(0, vllm(1000, 500, 10, 0, 1)));

        var usages = look(15, vllm(1300, 560, 14, 0, 3));

        assertEquals(1, usages.size());
        var usage = usages.getFirst();
        assertEquals(at(15), usage.ts());
        assertEquals("llama", usage.get(TokenUsage.MODEL));
        assertEquals(300L, usage.get(TokenUsage.PROMPT_TOKENS));
        assertEquals(300L, usage.get(TokenUsage.CACHED_PROMPT_TOKENS));
        assertEquals(60L, usage.get(TokenUsage.COMPLETION_TOKENS));
        assertEquals(4L, usage.get(TokenUsage.REQUESTS));
        assertEquals(500.0, usage.get(TokenUsage.TTFT_MS));
        assertEquals(5000.0, usage.get(TokenUsage.LATENCY_MS));
        assertEquals("vllm", usage.get(TokenUsage.SOURCE));
        assertNull(usage.get(TokenUsage.REQUEST_ID));
        assertNull(usage.get(TokenUsage.POD));
    }

    @Test
    void nothingIsToldWhereNothingHasRisen() {
        look(0, vllm(1000, 500, 10, 0, 1));

        assertEquals(List.of(), look(15, vllm(1000, 500, 10, 0, 1)));
    }

    @Test
    void tokensOfAnswersUnderWayAreOfNoRequestYet() {
        look(0, vllm(1000, 500, 10, 0, 1));

        var usage = look(15, vllm(1000, 530, 10, 0, 1)).getFirst();

        assertEquals(0L, usage.get(TokenUsage.REQUESTS));
        assertEquals(30L, usage.get(TokenUsage.COMPLETION_TOKENS));
        assertNull(usage.get(TokenUsage.LATENCY_MS));
    }

    @Test
    void requestsThatFailedAreUsagesOfTheirOwnWithoutTokens() {
        look(0, vllm(1000, 500, 10, 0, 1));

        var usages = look(15, vllm(1300, 560, 12, 3, 2));

        assertEquals(2, usages.size());
        assertEquals(2L, usages.get(0).get(TokenUsage.REQUESTS));
        assertEquals(3L, usages.get(1).get(TokenUsage.REQUESTS));
        assertEquals("abort", usages.get(1).get(TokenUsage.ERROR_TYPE));
        assertNull(usages.get(1).get(TokenUsage.PROMPT_TOKENS));
        assertNotEquals(
                usages.get(0).get(TokenUsage.EVENT_ID), usages.get(1).get(TokenUsage.EVENT_ID));
    }

    @ParameterizedTest
    @CsvSource({
        // started before and after, the counter before and after, what has risen
        "'', '', 1000, 1200, 200",
        "'', '', 1000, 200, 200",
        "7, 7, 1000, 1200, 200",
        "7, 9, 1000, 1200, 1200",
        "7, 9, 1000, 200, 200",
        "7, '', 1000, 200, 200",
        // it has not restarted, and yet it has fallen: nothing is known
        "7, 7, 1000, 200, 0",
    })
    void aRestartBeginsAnewAndAFallWithoutOneMeansNothing(
            String startedBefore, String startedAfter, int before, int after, long risen) {
        look(0, start(startedBefore) + vllm(before, 5, 1, 0, 1));

        var usage = look(15, start(startedAfter) + vllm(after, 6, 1, 0, 1)).getFirst();

        assertEquals(risen, usage.get(TokenUsage.PROMPT_TOKENS));
    }

    private static String start(String seconds) {
        return seconds.isEmpty() ? "" : "process_start_time_seconds %s\n".formatted(seconds);
    }

    @Test
    void aSeriesThatIsNewSinceTheLastLookBeganAtZero() {
        look(0, vllm(1000, 500, 10, 0, 1));

        var usages =
                look(15, vllm(1000, 500, 10, 0, 1) + vllm(70, 5, 1, 0, 1).replace("llama", "qwen"));

        assertEquals(List.of(70L), tokens(usages));
        assertEquals("qwen", usages.getFirst().get(TokenUsage.MODEL));
    }

    @Test
    void whatAServerCountedWhileItWasAwayCountsWhenItIsBackUnlessThatWasTooLong() {
        look(0, vllm(1000, 500, 10, 0, 1));

        assertEquals(List.of(400L), tokens(look(3600, vllm(1400, 600, 12, 0, 1))));
        assertEquals(List.of(), look(7215, vllm(9000, 700, 13, 0, 1)));
        assertEquals(List.of(5L), tokens(look(7230, vllm(9005, 701, 13, 0, 1))));
    }

    @Test
    void anAnswerWithoutCountersChangesNothing() {
        look(0, vllm(1000, 500, 10, 0, 1));

        assertEquals(List.of(), look(15, "process_start_time_seconds 7\n"));
        assertEquals(List.of(9L), tokens(look(30, vllm(1009, 501, 10, 0, 1))));
    }

    @Test
    void theSameIntervalOfAServerHasTheSameIdentityWhoeverLooks() {
        var other = new VllmReader(events, "unknown", Duration.ofHours(1));
        look(0, vllm(1000, 500, 10, 0, 1));
        look(other, TARGET, 0, vllm(1001, 500, 10, 0, 1));

        var first = look(15, vllm(1300, 560, 14, 0, 3)).getFirst();
        var second = look(other, TARGET, 15, vllm(1301, 560, 14, 0, 3)).getFirst();
        var next = look(30, vllm(1600, 560, 14, 0, 3)).getFirst();

        assertEquals(first, second);
        assertNotEquals(first.get(TokenUsage.EVENT_ID), next.get(TokenUsage.EVENT_ID));
    }

    @Test
    void aServerThatIsAPodSaysWhereItRuns() {
        var target =
                new Target(TARGET.uri(), Optional.of(new Target.Pod("ml", "llama-0", "node-1")));
        look(reader, target, 0, vllm(1000, 500, 10, 0, 1));

        var usage = look(reader, target, 15, vllm(1300, 560, 14, 0, 3)).getFirst();

        assertEquals("llama-0", usage.get(TokenUsage.POD));
        assertEquals("ml", usage.get(TokenUsage.NAMESPACE));
        assertEquals("node-1", usage.get(TokenUsage.HOST));
        reader.keepOnly(List.of());
        assertEquals(List.of(), look(reader, target, 30, vllm(9999, 560, 14, 0, 3)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{stop_reason=\"length\",kind=\"single\"}"})
    void tgiCountsByItsHistogramsAndDoesNotSayItsModel(String labels) {
        var text =
                """
                # TYPE tgi_request_input_length histogram
                tgi_request_input_length_bucket{le="8"} 1
                tgi_request_input_length_sum %1$d
                tgi_request_input_length_count 3
                tgi_request_generated_tokens_sum %2$d
                tgi_request_success%6$s %3$d
                tgi_request_failure{err="generation"} %4$d
                tgi_request_duration_sum %5$s
                tgi_request_duration_count %3$d
                """;
        look(0, text.formatted(100, 50, 1, 0, "0.5", labels));

        var usages = look(15, text.formatted(160, 70, 3, 2, "1.5", labels));

        assertEquals(
                List.of("unknown", "unknown"),
                usages.stream().map(u -> u.get(TokenUsage.MODEL)).toList());
        assertEquals(60L, usages.get(0).get(TokenUsage.PROMPT_TOKENS));
        assertEquals(20L, usages.get(0).get(TokenUsage.COMPLETION_TOKENS));
        assertEquals(2L, usages.get(0).get(TokenUsage.REQUESTS));
        assertEquals(500.0, usages.get(0).get(TokenUsage.LATENCY_MS));
        assertEquals("tgi", usages.get(0).get(TokenUsage.SOURCE));
        assertEquals("generation", usages.get(1).get(TokenUsage.ERROR_TYPE));
        assertEquals(2L, usages.get(1).get(TokenUsage.REQUESTS));
    }

    @ParameterizedTest
    @CsvSource({"stop,", "length,", "repetition,", "abort, abort", "error, error"})
    void eachWayInWhichVllmEndsARequestIsOneThatSucceededOrFailed(
            String reason, @Nullable String errorType) {
        var text =
                "vllm:request_success_total{engine=\"0\",finished_reason=\"%s\",model_name=\"m\"}"
                        + " %d.0";
        look(0, text.formatted(reason, 1));

        var usage = look(15, text.formatted(reason, 3)).getFirst();

        assertEquals(2L, usage.get(TokenUsage.REQUESTS));
        assertEquals(errorType, usage.get(TokenUsage.ERROR_TYPE));
    }

    @Test
    void sglangCountsCachedTokensOfAllItsCachesWithinThePrompt() {
        var text =
                """
                sglang:prompt_tokens_total{model_name="m"} %1$d
                sglang:generation_tokens_total{model_name="m"} %2$d
                sglang:cached_tokens_total{model_name="m",cache_source="device"} %3$d
                sglang:cached_tokens_total{model_name="m",cache_source="host"} %3$d
                sglang:token_usage{model_name="m"} 0.28
                sglang:e2e_request_latency_seconds_sum{model_name="m"} %4$d
                sglang:e2e_request_latency_seconds_count{model_name="m"} %4$d
                """;
        look(0, text.formatted(0, 0, 0, 0));

        var usage = look(15, text.formatted(100, 10, 30, 2)).getFirst();
        var later = look(30, text.formatted(110, 20, 60, 2)).getFirst();

        assertEquals(60L, usage.get(TokenUsage.CACHED_PROMPT_TOKENS));
        // nobody counts requests here: those with a latency have ended
        assertEquals(2L, usage.get(TokenUsage.REQUESTS));
        assertEquals(1000.0, usage.get(TokenUsage.LATENCY_MS));
        assertEquals("sglang", usage.get(TokenUsage.SOURCE));
        assertEquals(10L, later.get(TokenUsage.CACHED_PROMPT_TOKENS));
    }
}
