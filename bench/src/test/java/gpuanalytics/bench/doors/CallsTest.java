package gpuanalytics.bench.doors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CallsTest {

    private static final int SPANS = 7;

    private final Calls calls = new Calls(5, 3, SPANS, Instant.parse("2026-01-01T00:00:00Z"));

    private List<Span> spans(long call) {
        return calls.otlp(call).getResourceSpans(0).getScopeSpans(0).getSpansList();
    }

    private static long number(Span span, String name) {
        return span.getAttributesList().stream()
                .filter(each -> each.getKey().equals(name))
                .findFirst()
                .orElseThrow()
                .getValue()
                .getIntValue();
    }

    @Test
    void aCallThatComesAgainSaysTheSame() {
        assertEquals(calls.otlp(11), calls.otlp(11));
        assertEquals(calls.sums(11), calls.sums(11));
    }

    @Test
    void noTwoUsagesHaveOneIdentity() {
        var ids = new HashSet<List<Object>>();
        for (long call = 0; call < 1000; call++) {
            spans(call).forEach(span -> ids.add(List.of(span.getTraceId(), span.getSpanId())));
        }
        assertEquals(1000 * SPANS, ids.size());
    }

    @Test
    void itsSumsAreThoseOfItsSpansAndOfItsEvents() throws IOException {
        for (long call = 0; call < 1000; call++) {
            var spans = spans(call);
            var ofSpans =
                    new Sums(
                            spans.size(),
                            spans.stream()
                                    .mapToLong(span -> number(span, "gen_ai.usage.input_tokens"))
                                    .sum(),
                            spans.stream()
                                    .mapToLong(span -> number(span, "gen_ai.usage.output_tokens"))
                                    .sum());
            var ofEvents = Sums.NONE;
            for (var event : new ObjectMapper().readTree(calls.events(call))) {
                ofEvents =
                        ofEvents.plus(
                                new Sums(
                                        1,
                                        event.path("prompt_tokens").asLong(),
                                        event.path("completion_tokens").asLong()));
            }
            assertEquals(calls.sums(call), ofSpans);
            assertEquals(calls.sums(call), ofEvents);
            assertTrue(ofSpans.promptTokens() >= SPANS && ofSpans.completionTokens() >= SPANS);
        }
    }
}
