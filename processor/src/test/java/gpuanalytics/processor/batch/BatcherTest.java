package gpuanalytics.processor.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.RejectReason;
import gpuanalytics.processor.consume.TestRecords;
import gpuanalytics.processor.decode.DecodedRecord;
import gpuanalytics.processor.decode.DecodedRecord.Rejected;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BatcherTest {

    private final Batcher batcher =
            new Batcher(
                    new BatchPolicy(4, 1 << 20, Duration.ofDays(1)),
                    new UnderWay(Clock.systemUTC(), _ -> {}),
                    new ProcessorMetrics(new SimpleMeterRegistry()));

    /** Their rollups know offsets alone, so they count together or not at all. */
    @Test
    void neverPartsTheEventsOfARecord() {
        var records = new ArrayList<DecodedRecord>();
        records.addAll(eventsOfRecord(10, 3));
        records.addAll(eventsOfRecord(11, 6));
        records.addAll(eventsOfRecord(12, 1));

        var batches = batcher.add(records);

        assertEquals(List.of(9), batches.stream().map(Batch::size).toList());
        assertEquals(Set.of(11L, 12L), Set.copyOf(batches.getFirst().next().values()));
        var rest = batcher.rest();
        assertEquals(List.of(1), rest.stream().map(Batch::size).toList());
        assertEquals(List.of(13L), List.copyOf(rest.getFirst().next().values()));
    }

    private static List<DecodedRecord> eventsOfRecord(long offset, int count) {
        var record = TestRecords.of(EventTopic.TOKEN_USAGE, new byte[20], offset, Map.of());
        var events = new ArrayList<DecodedRecord>();
        for (int i = 0; i < count; i++) {
            var item = count == 1 ? record : record.item(new byte[9], i, i == count - 1);
            events.add(new Rejected(item, RejectReason.NOT_JSON, "no"));
        }
        return events;
    }
}
