package gpuanalytics.producer.source.dcgm;

import gpuanalytics.event.Decoded;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.producer.source.scrape.SeriesReader;
import gpuanalytics.producer.source.scrape.Target;
import gpuanalytics.producer.translate.EventWriter;
import gpuanalytics.producer.translate.GpuSamples;
import gpuanalytics.producer.translate.Series;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Samples of the GPUs of a target. It keeps nothing: what a counter has done others compare. */
final class DcgmReader implements SeriesReader {

    private final EventWriter events;
    private final Duration interval;
    private final Optional<Double> pricePerHourUsd;

    DcgmReader(EventWriter events, Duration interval, Optional<Double> pricePerHourUsd) {
        this.events = events;
        this.interval = interval;
        this.pricePerHourUsd = pricePerHourUsd;
    }

    @Override
    public boolean isWanted(String metric) {
        return GpuSamples.isReading(metric);
    }

    @Override
    public List<Decoded> read(Target target, Instant moment, List<Series> series) {
        var samples = new ArrayList<Decoded>();
        for (var values : GpuSamples.of(series).values()) {
            var node = target.pod().map(Target.Pod::node).filter(name -> !name.isEmpty());
            // an exporter that does not say its host runs on the machine that is asked
            values.putIfAbsent(GpuMetric.HOST.name(), node.orElseGet(target::host));
            node.ifPresent(name -> values.putIfAbsent(GpuMetric.NODE.name(), name));
            values.put(GpuMetric.TS.name(), moment);
            values.put(GpuMetric.INTERVAL_S.name(), EventWriter.number(interval.toMillis() / 1e3));
            values.put(GpuMetric.SOURCE.name(), "dcgm");
            pricePerHourUsd.ifPresent(
                    price ->
                            values.put(
                                    GpuMetric.PRICE_PER_HOUR_USD.name(),
                                    EventWriter.number(price)));
            samples.add(events.write(EventTopic.GPU_METRICS, values));
        }
        return samples;
    }
}
