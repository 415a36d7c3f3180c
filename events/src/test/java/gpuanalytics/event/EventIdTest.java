package gpuanalytics.event;

import static gpuanalytics.event.Samples.NOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

class EventIdTest {

    @Test
    void aSampleIsItsGpuAndItsTimeToTheNanosecond() {
        var sample = sample().build();
        var later = sample().set(GpuMetric.TS, NOW.plusNanos(1)).build();
        var instance = sample().set(GpuMetric.MIG_ID, "3").build();
        var byUuid = sample().set(GpuMetric.GPU_UUID, "GPU-1").build();

        assertEquals("g:node-1/0@1769860800.000000000", EventId.of(sample));
        assertEquals("g:node-1/0@1769860800.000000001", EventId.of(later));
        assertEquals("g:node-1/0#3@1769860800.000000000", EventId.of(instance));
        assertEquals("g:GPU-1@1769860800.000000000", EventId.of(byUuid));
    }

    @Test
    void aGivenIdentityWins() {
        var sample = sample().set(GpuMetric.EVENT_ID, "mine").build();
        var usage = usage().set(TokenUsage.EVENT_ID, "mine").build();

        assertEquals("e:mine", EventId.of(sample));
        assertEquals("e:mine", EventId.of(usage));
    }

    @Test
    void noKindOfIdentityIsTakenForAnother() {
        var request = usage().set(TokenUsage.REQUEST_ID, "x").build();
        var given = usage().set(TokenUsage.EVENT_ID, "x").build();

        assertEquals("r:x", EventId.of(request));
        assertNotEquals(EventId.of(given), EventId.of(request));
        assertEquals("p:topic/3/42", EventId.ofPosition("topic", 3, 42));
    }

    @Test
    void aKeyIsTheGpuElseTheIdentity() {
        var onGpu =
                usage().set(TokenUsage.REQUEST_ID, "x")
                        .set(TokenUsage.HOST, "node-1")
                        .set(TokenUsage.GPU_INDEX, 0L)
                        .build();
        var elsewhere = usage().set(TokenUsage.REQUEST_ID, "x").build();

        assertEquals(EventKey.of(sample().build()), EventKey.of(onGpu));
        assertEquals("r:x", EventKey.of(elsewhere));
        assertEquals(null, EventKey.of(usage().build()));
    }

    private static Event.Builder sample() {
        return GpuMetric.builder()
                .set(GpuMetric.TS, NOW)
                .set(GpuMetric.HOST, "node-1")
                .set(GpuMetric.GPU_INDEX, 0L)
                .set(GpuMetric.NAME, "A100");
    }

    private static Event.Builder usage() {
        return TokenUsage.builder()
                .set(TokenUsage.TS, NOW)
                .set(TokenUsage.MODEL, "m")
                .set(TokenUsage.PROMPT_TOKENS, 1L);
    }
}
