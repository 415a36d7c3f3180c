package gpuanalytics.processor.decode;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.RecordItems;
import gpuanalytics.event.RejectReason;
import gpuanalytics.processor.consume.RawRecord;
import gpuanalytics.processor.decode.DecodedRecord.Rejected;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import java.util.ArrayList;
import java.util.List;

/** The decode step: counts what was read and decodes it. For one thread. */
public final class Decoding {

    private final EventDecoder decoder;
    private final int maxItems;
    private final ProcessorMetrics metrics;

    /**
     * @param maxItems the most events of a record
     */
    public Decoding(EventDecoder decoder, int maxItems, ProcessorMetrics metrics) {
        this.decoder = decoder;
        this.maxItems = maxItems;
        this.metrics = metrics;
    }

    /** What the records are, in their order; of a record with several events, each of these. */
    public List<DecodedRecord> decode(List<RawRecord> records) {
        if (records.isEmpty()) {
            return List.of();
        }
        long samples = 0;
        var decoded = new ArrayList<DecodedRecord>(records.size());
        for (var record : records) {
            int before = decoded.size();
            decode(record, decoded);
            boolean isSample = record.partition().kind() == EventTopic.GPU_METRICS;
            samples += isSample ? decoded.size() - before : 0;
        }
        received(EventTopic.GPU_METRICS, samples);
        received(EventTopic.TOKEN_USAGE, decoded.size() - samples);
        return decoded;
    }

    private void received(EventTopic topic, long events) {
        if (events > 0) {
            metrics.received(topic, events);
        }
    }

    private void decode(RawRecord record, List<DecodedRecord> decoded) {
        var whole = decoder.decode(record);
        // Nearly every record is one event; what is none may be several.
        var value =
                whole instanceof Rejected rejected && mayBeSeveral(rejected)
                        ? record.value()
                        : null;
        if (value == null) {
            decoded.add(whole);
            return;
        }
        var items = RecordItems.of(value, maxItems);
        if (items.isEmpty()) {
            decoded.add(whole);
        } else if (items.size() > maxItems) {
            decoded.add(
                    new Rejected(
                            record,
                            RejectReason.TOO_LARGE,
                            "record has more than %d events, expected at most %d"
                                    .formatted(maxItems, maxItems)));
        } else {
            for (int i = 0; i < items.size(); i++) {
                var item = record.item(items.get(i), i, i == items.size() - 1);
                decoded.add(decoder.decode(item));
            }
        }
    }

    /** A CloudEvent by its headers is one event: they hold its identity. */
    private static boolean mayBeSeveral(Rejected rejected) {
        return rejected.reason() == RejectReason.NOT_JSON
                && rejected.record().header("ce_specversion") == null;
    }
}
