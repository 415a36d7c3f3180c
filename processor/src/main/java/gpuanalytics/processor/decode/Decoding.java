package gpuanalytics.processor.decode;

import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.consume.RawRecord;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;

/** The decode step: counts what was read and decodes it. For one thread. */
public final class Decoding {

    private final EventDecoder decoder;
    private final ProcessorMetrics metrics;

    public Decoding(EventDecoder decoder, ProcessorMetrics metrics) {
        this.decoder = decoder;
        this.metrics = metrics;
    }

    /** What the records are, in their order. */
    public List<DecodedRecord> decode(List<RawRecord> records) {
        if (records.isEmpty()) {
            return List.of();
        }
        var received = new EnumMap<EventTopic, Long>(EventTopic.class);
        var decoded = new ArrayList<DecodedRecord>(records.size());
        for (var record : records) {
            received.merge(record.partition().kind(), 1L, Long::sum);
            decoded.add(decoder.decode(record));
        }
        received.forEach(metrics::received);
        return decoded;
    }
}
