package gpuanalytics.producer.receive.otlp;

import com.google.protobuf.InvalidProtocolBufferException;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventLimits;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.translate.EventWriter;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** What the doors do with a request of spans before anything is handed to Kafka. */
public final class BenchSpans {

    private static final int MOST_ITEMS = 20_000;

    private final SpanUsages spans =
            new SpanUsages(
                    new EventWriter(new EventCodec(EventLimits.defaults()), Clock.systemUTC()),
                    new UsageOrigins(Map.of()));

    /** The message that bytes are, as a list of its items. */
    public List<Told> read(byte[] request)
            throws InvalidProtocolBufferException, BadRequestException {
        var into = new Translation(MOST_ITEMS);
        spans.translate(request, into);
        return into.items();
    }
}
