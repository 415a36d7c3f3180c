package gpuanalytics.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.event.Decoded.Valid;
import org.junit.jupiter.api.Test;

class EventCodecTest {

    private final EventCodec codec = new EventCodec(EventLimits.defaults());

    @Test
    void acceptsTheOriginalMetricMessage() {
        var decoded =
                codec.decode(
                        EventTopic.GPU_METRICS,
                        """
                        {"gpu_index":0,"name":"RTX 3090","utilization":0.5,"mem_used_mb":1024,\
                        "mem_total_mb":24576,"power_w":300,"price_per_hour_usd":0.5,\
                        "ts":"2026-01-31T12:00:00Z","host":"node-1"}\
                        """
                                .getBytes(UTF_8));

        var event = ((Valid) decoded).event();
        assertEquals(1L << 30, event.get(GpuMetric.MEM_USED_BYTES));
        assertEquals(decoded, codec.decode(EventTopic.GPU_METRICS, EventCodec.encode(event)));
    }
}
