package gpuanalytics.producer.receive.prometheus;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import gpuanalytics.producer.receive.WriteSettings;
import gpuanalytics.producer.receive.prometheus.CounterBook.Counter;
import gpuanalytics.producer.receive.prometheus.CounterBook.Last;
import gpuanalytics.producer.receive.prometheus.WriteRequest.Sample;
import gpuanalytics.producer.receive.prometheus.WriteRequest.TimeSeries;
import gpuanalytics.producer.translate.EventWriter;
import gpuanalytics.producer.translate.GpuSamples;
import gpuanalytics.producer.translate.Instance;
import gpuanalytics.producer.translate.Series;
import gpuanalytics.producer.translate.ServerMetric;
import gpuanalytics.producer.translate.UsageSums;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One request, as items: all that an exporter showed of a GPU at one time is one sample, all that
 * the counters of a server rose by in one interval one usage per model. What the counters said is
 * noted only once the items are in Kafka, so that a request that comes again gives the same.
 */
final class WriteTranslation {

    private static final String MEDIA_TYPE = "application/json";

    /** Labels of one series of a server, and not of the server. */
    private static final List<String> OF_SERIES =
            List.of(
                    "model_name",
                    "model",
                    "finished_reason",
                    "err",
                    "engine",
                    "stop_reason",
                    "kind");

    private final EventWriter events;
    private final WriteSettings settings;
    private final CounterBook book;
    private final Map<Moment, List<Series>> moments = new LinkedHashMap<>();
    private final Map<Interval, Rises> intervals = new LinkedHashMap<>();
    private final Map<Counter, Last> said = new HashMap<>();
    private final List<Told> items = new ArrayList<>();
    private int passed;
    private int uncounted;

    WriteTranslation(EventWriter events, WriteSettings settings, CounterBook book) {
        this.events = events;
        this.settings = settings;
        this.book = book;
    }

    /** An exporter at one time. */
    private record Moment(String instance, String job, long millis) {}

    private record Interval(String place, long fromMillis, long toMillis) {}

    /** What rose in an interval, and which series told it. */
    private static final class Rises {
        private final UsageSums sums;
        private final Map<String, String> labels;
        private final TreeSet<String> series = new TreeSet<>();

        Rises(String place, Map<String, String> labels) {
            this.sums = new UsageSums(place, "unknown", false);
            this.labels = labels;
        }
    }

    /**
     * Reads a request.
     *
     * @param mostItems the most events in it
     */
    void translate(List<TimeSeries> request, int mostItems) throws BadRequestException {
        request.forEach(this::collect);
        moments.forEach(this::addSamples);
        intervals.forEach(this::addUsages);
        if (items.size() > mostItems) {
            throw new BadRequestException(
                    "body has more than %d events, expected at most %d"
                            .formatted(mostItems, mostItems));
        }
    }

    /** What it says that the contract knows. */
    List<Told> items() {
        return items;
    }

    /** How many samples of Prometheus are none of ours. */
    int passed() {
        return passed;
    }

    /** How many samples of counters of tokens are not counted. */
    int uncounted() {
        return uncounted;
    }

    /** Notes what the counters said: the items are in Kafka. */
    void commit() {
        book.note(said);
    }

    private void collect(TimeSeries series) {
        var metric = ServerMetric.find(series.name());
        if (GpuSamples.isReading(series.name())) {
            series.samples().stream()
                    .filter(sample -> !sample.isEnd())
                    .forEach(sample -> collectReading(series, sample));
        } else if (metric != null && settings.usage()) {
            var counter = new Counter(series.name(), series.labels());
            series.samples().stream()
                    .sorted(Comparator.comparingLong(Sample::millis))
                    .filter(sample -> Double.isFinite(sample.value()))
                    .forEach(sample -> collectRise(counter, metric, sample));
        } else {
            passed += series.samples().size();
            uncounted += metric == null ? 0 : series.samples().size();
        }
    }

    private void collectReading(TimeSeries series, Sample sample) {
        var labels = series.labels();
        moments.computeIfAbsent(
                        new Moment(
                                labels.getOrDefault("instance", ""),
                                labels.getOrDefault("job", ""),
                                sample.millis()),
                        _ -> new ArrayList<>())
                .add(new Series(series.name(), labels, sample.value()));
    }

    private void collectRise(Counter counter, ServerMetric metric, Sample sample) {
        var before = before(counter);
        if (before != null && sample.millis() <= before.millis()) {
            return; // it is known, or too late to be compared
        }
        said.put(counter, new Last(sample.millis(), sample.value()));
        if (before == null
                || sample.millis() - before.millis() > settings.longestGap().toMillis()) {
            return;
        }
        var labels = new TreeMap<>(counter.labels());
        labels.keySet().removeAll(OF_SERIES);
        var place = labels.toString();
        var rises =
                intervals.computeIfAbsent(
                        new Interval(place, before.millis(), sample.millis()),
                        _ -> new Rises(place, labels));
        boolean hasFallen = sample.value() < before.value();
        rises.sums.add(
                metric,
                new Series(counter.name(), counter.labels(), sample.value()),
                hasFallen ? sample.value() : sample.value() - before.value());
        rises.series.add(counter.name() + new TreeMap<>(counter.labels()));
    }

    private @Nullable Last before(Counter counter) {
        var here = said.get(counter);
        return here == null ? book.last(counter) : here;
    }

    private void addSamples(Moment moment, List<Series> series) {
        for (var values : GpuSamples.of(series).values()) {
            if (!moment.instance().isEmpty()) {
                values.putIfAbsent(GpuMetric.HOST.name(), Instance.host(moment.instance()));
            }
            values.put(GpuMetric.TS.name(), Instant.ofEpochMilli(moment.millis()));
            values.put(GpuMetric.SOURCE.name(), "prometheus");
            add(EventTopic.GPU_METRICS, values);
        }
    }

    private void addUsages(Interval interval, Rises rises) {
        var usages =
                rises.sums.usages(
                        Instant.ofEpochMilli(interval.fromMillis()),
                        Instant.ofEpochMilli(interval.toMillis()),
                        // the counters of a server may come in several requests
                        rises.series.toString());
        for (var values : usages) {
            for (var field : List.of(TokenUsage.POD, TokenUsage.NAMESPACE)) {
                var value = rises.labels.get(field.name());
                if (value != null) {
                    values.put(field.name(), value);
                }
            }
            add(EventTopic.TOKEN_USAGE, values);
        }
    }

    private void add(EventTopic topic, Map<String, Object> values) {
        items.add(
                Told.of(events.write(topic, values), topic, MEDIA_TYPE, EventWriter.json(values)));
    }
}
