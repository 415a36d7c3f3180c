package gpuanalytics.producer.receive.prometheus;

import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.receive.WriteSettings;
import gpuanalytics.producer.translate.EventWriter;
import gpuanalytics.producer.translate.Series;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;

/** What a Prometheus writes of an exporter. */
public final class WrittenSamples {

    private WrittenSamples() {}

    /** The events of its request. */
    public static List<Told> of(
            List<Series> shown, String instance, Instant time, EventWriter events)
            throws BadRequestException {
        var request = new Writes();
        for (var series : shown) {
            var labels = new HashMap<>(series.labels());
            labels.put("instance", instance);
            labels.put("job", "gpus");
            request.add(series.name(), labels, time.toEpochMilli(), series.value());
        }
        var translation =
                new WriteTranslation(
                        events,
                        new WriteSettings(true, 100, Duration.ofMinutes(10)),
                        new CounterBook(100));
        translation.translate(WriteRequest.read(request.bytes()), 100);
        return translation.items();
    }
}
