package gpuanalytics.processor.rollup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventLimits;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.consume.TestRecords;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.ScanningEventDecoder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.Test;

class LatestSampleTest {

    private static final int GPUS = 7;
    private static final Instant FIRST = TestRecords.APPENDED.minusSeconds(600);

    private final ScanningEventDecoder decoder =
            new ScanningEventDecoder(
                    new EventCodec(EventLimits.defaults()),
                    Clock.systemUTC(),
                    Duration.ofSeconds(15));

    /** Times go back and forth, lengths too, and blocks of documents are used again meanwhile. */
    @Test
    void theLatestSamplesOutliveTheRowsTheyCameWith() {
        var seed = new Random().nextLong();
        var random = new Random(seed);
        var gathered = new Gathered(new RollupMath(Duration.ofSeconds(15)));
        var times = new TreeMap<String, Instant>();
        var expected = new TreeMap<String, RawBsonDocument>();
        for (int batch = 0; batch < 60; batch++) {
            var rows = new ArrayList<Row>();
            for (int i = 0; i < 50; i++) {
                var gpu = "GPU-" + random.nextInt(GPUS);
                var at = FIRST.plusSeconds(random.nextInt(batch * 5 + 10));
                var row = row(gpu, at, 50L * batch + i, random.nextInt(100));
                rows.add(row);
                var before = times.get(gpu);
                if (before == null || before.isBefore(at)) {
                    times.put(gpu, at);
                    expected.put(gpu, copy(row));
                }
            }
            gathered.addAll(new CountedBatch(counted(rows), Map.of()));
            Row.letGo(rows);
        }

        var latest = new TreeMap<String, RawBsonDocument>();
        gathered.latest().forEach((gpu, sample) -> latest.put(gpu, sample.document()));
        assertEquals(expected, latest, "seed " + seed);
    }

    private static List<CountedRow> counted(List<Row> rows) {
        return rows.stream().map(CountedRow::of).toList();
    }

    private static RawBsonDocument copy(Row row) {
        var bytes = new byte[row.documentBytes()];
        row.copyDocument(bytes);
        return new RawBsonDocument(bytes);
    }

    private Row row(String gpu, Instant at, long offset, int length) {
        var event =
                GpuMetric.builder()
                        .set(GpuMetric.TS, at)
                        .set(GpuMetric.GPU_UUID, gpu)
                        .set(GpuMetric.HOST, "h".repeat(1 + length))
                        .set(GpuMetric.NAME, "H100")
                        .set(GpuMetric.UTILIZATION, 0.5)
                        .build();
        var record =
                TestRecords.of(EventTopic.GPU_METRICS, EventCodec.encode(event), offset, Map.of());
        return (Row) decoder.decode(record);
    }
}
