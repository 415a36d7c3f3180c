package gpuanalytics.processor.metrics;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.RejectReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * What the processor counts and measures. Any thread may count.
 *
 * <p>For each topic, received = stored + duplicate + rejected + under way: each record read is
 * counted once as received and, when its outcome is sure, once as one of the others. A record that
 * is read again after a restart or a rebalance counts again in each, as received and as duplicate
 * (or rejected). Of what is stored, {@link SaidAgain} tells what was not the first word under its
 * identity.
 */
public final class ProcessorMetrics {

    /** Why a stored event was there already. */
    public enum Duplicate {
        /** The same record read again: it counts in the rollups if it does not yet. */
        REDELIVERY,
        /** Another record with the same identity: it never counts. */
        REPEAT;

        String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** How an event counts that was stored beside others of its identity. */
    public enum SaidAgain {
        /** In place of an earlier word about the same request. */
        SUPERSEDING,
        /** As an attempt: the word that stands for its request stays. */
        OUTRANKED,
        /** Another request, whose sender uses a {@code request_id} again. */
        REUSED,
        /** What it adds to a sample of this GPU and moment. */
        MERGED;

        public String label() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** Providers that a counter tells apart; further ones count as {@code other}. */
    private static final int MAX_PROVIDERS = 32;

    /** The lag of one partition, in records. */
    public record Lag(String topic, int partition, long records) {}

    private final MeterRegistry registry;
    private final Map<EventTopic, TopicCounters> topics;
    private final DistributionSummary batchRows;
    private final Counter guardMisses;
    private final Counter mismatches;
    private final Counter energyUnknown;
    private final Counter drift;
    private final Counter audited;
    private final Counter ledgerHours;
    private final Counter tokenDays;
    private final LagGauge lags;
    private final Set<String> providers = new HashSet<>();

    public ProcessorMetrics(MeterRegistry registry) {
        this.registry = registry;
        topics = TopicCounters.byTopic(registry);
        batchRows = batchRows(registry);
        guardMisses =
                counter(
                        registry,
                        "processor.rollup.guard.misses",
                        "Rollup updates refused because their rows count already");
        mismatches =
                counter(
                        registry,
                        "duplicate.mismatch",
                        "Redelivered records that differ from what is stored; stays 0");
        energyUnknown =
                counter(
                        registry,
                        "processor.energy.unknown",
                        "Samples with power or energy of which no energy could be told");
        drift =
                counter(
                        registry,
                        "rollup.drift",
                        "Rollup documents that differ from their raw rows; stays 0");
        audited = counter(registry, "rollup.audited", "Rollup documents recomputed from raw rows");
        ledgerHours =
                counter(
                        registry,
                        "processor.ledger.hours",
                        "Hours whose ledger was computed and stored");
        tokenDays =
                counter(
                        registry,
                        "processor.token.days",
                        "Days whose token rollups were added up and stored");
        lags = new LagGauge(registry);
    }

    private static DistributionSummary batchRows(MeterRegistry registry) {
        return DistributionSummary.builder("processor.batch.rows")
                .description("Records per batch written to the store")
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    public MeterRegistry registry() {
        return registry;
    }

    /** Records were read; of one with several events, each of these. */
    public void received(EventTopic topic, long records) {
        counters(topic).received.increment((double) records);
    }

    /** Events were stored for the first time. */
    public void stored(EventTopic topic, long events) {
        counters(topic).stored.increment((double) events);
    }

    /** Of the events that were stored, so many were not the first under their identity. */
    public void saidAgain(EventTopic topic, SaidAgain how, long events) {
        of(counters(topic).saidAgain, how).increment((double) events);
    }

    /**
     * Requests came under ids that others have.
     *
     * @param provider a text of the sender's; as many as {@link #MAX_PROVIDERS} are told apart
     */
    public void identityReused(String provider, long requests) {
        registry.counter("processor.identity.reused", "provider", known(provider))
                .increment((double) requests);
    }

    private synchronized String known(String provider) {
        if (providers.size() < MAX_PROVIDERS) {
            providers.add(provider);
        }
        return providers.contains(provider) ? provider : "other";
    }

    /** Events were stored already. */
    public void duplicates(EventTopic topic, Duplicate kind, long events) {
        of(counters(topic).duplicates, kind).increment((double) events);
    }

    /** Records are in the dead letters. */
    public void rejected(EventTopic topic, RejectReason reason, long records) {
        of(counters(topic).rejected, reason).increment((double) records);
    }

    /** An event lacks a reading because of what was said of it. */
    public void readingRefused(EventTopic topic, String field, RejectReason reason) {
        registry.counter(
                        "readings.refused",
                        "topic",
                        topic.defaultName(),
                        "field",
                        field,
                        "reason",
                        reason.label())
                .increment();
    }

    /** How long an event took from its time, and its record from the topic, to the store. */
    public void delays(EventTopic topic, Duration sinceEvent, Duration sinceAppend) {
        // Replays of old traces and clocks that differ would spoil the histogram.
        if (!sinceEvent.isNegative()) {
            counters(topic).eventDelay.record(sinceEvent);
        }
        if (!sinceAppend.isNegative()) {
            counters(topic).appendDelay.record(sinceAppend);
        }
    }

    /** A batch is complete. */
    public void batched(int records) {
        batchRows.record(records);
    }

    /** An attempt failed and is repeated; {@code code} is the store's, or the failure's name. */
    public void storeRetried(String code) {
        registry.counter("processor.store.retries", "code", code).increment();
    }

    /** A write was acknowledged. */
    public void mongoWritten(String collection, int documents) {
        registry.counter("processor.mongo.write", "collection", collection)
                .increment((double) documents);
    }

    public void guardMissed() {
        guardMisses.increment();
    }

    public void mismatched() {
        mismatches.increment();
    }

    /** Events count under {@code other}: their hour has as many series as it may. */
    public void overflowed(EventTopic topic, long events) {
        registry.counter("processor.rollup.overflow", "topic", topic.defaultName())
                .increment((double) events);
    }

    /** The latest samples of GPUs were let go, for there are more GPUs than there is room for. */
    public void latestEvicted(long gpus) {
        registry.counter("processor.gpu.latest.evicted").increment((double) gpus);
    }

    /** A sample had power or energy, and no energy can be told from it. */
    public void energyUnknown() {
        energyUnknown.increment();
    }

    /** A sum would no longer fit 64 bits and was left as it is. */
    public void saturated(String field) {
        registry.counter("processor.rollup.saturated", "field", field).increment();
    }

    /** Retention or the broker lost records before they were read. */
    public void recordsLost(String topic, long records) {
        registry.counter("processor.retention.gap", "topic", topic).increment((double) records);
    }

    /** The committed offset lay behind the end of the log. */
    public void pastEnd(String topic, long offsets) {
        registry.counter("processor.position.past.end", "topic", topic).increment((double) offsets);
    }

    public void drifted(long documents) {
        drift.increment((double) documents);
    }

    public void audited(long documents) {
        audited.increment((double) documents);
    }

    /** Rollup documents that were recounted. */
    public long audited() {
        return (long) audited.count();
    }

    public void tokenDays(long stored) {
        tokenDays.increment((double) stored);
    }

    public void ledgerHours(long stored) {
        ledgerHours.increment((double) stored);
    }

    /** Replaces the lag of every partition. */
    public void lags(List<Lag> found) {
        lags.replace(found);
    }

    /** Measures something whenever the metrics are read. */
    public <T> void gauge(String name, String description, T of, ToDoubleFunction<T> value) {
        Gauge.builder(name, of, value).description(description).register(registry);
    }

    public long received() {
        return sum(counters -> counters.received);
    }

    public long stored() {
        return sum(counters -> counters.stored);
    }

    /** How many of the stored events count in this way. */
    public long saidAgain(SaidAgain how) {
        return sum(counters -> of(counters.saidAgain, how));
    }

    /** Events that were stored already, and why. */
    public long duplicates(Duplicate kind) {
        return sum(counters -> of(counters.duplicates, kind));
    }

    /** Records that are in the dead letters for one reason. */
    public long rejected(RejectReason reason) {
        return sum(counters -> of(counters.rejected, reason));
    }

    public long duplicates() {
        return topics.values().stream()
                .flatMap(counters -> counters.duplicates.values().stream())
                .mapToLong(ProcessorMetrics::count)
                .sum();
    }

    public long rejected() {
        return topics.values().stream()
                .flatMap(counters -> counters.rejected.values().stream())
                .mapToLong(ProcessorMetrics::count)
                .sum();
    }

    public long mismatches() {
        return count(mismatches);
    }

    public long guardMisses() {
        return count(guardMisses);
    }

    public long drift() {
        return count(drift);
    }

    private long sum(Function<TopicCounters, Counter> counter) {
        return topics.values().stream().map(counter).mapToLong(ProcessorMetrics::count).sum();
    }

    private static long count(Counter counter) {
        return (long) counter.count();
    }

    private TopicCounters counters(EventTopic topic) {
        return of(topics, topic);
    }

    private static <K, V> V of(Map<K, V> all, K key) {
        return Objects.requireNonNull(all.get(key), () -> "nothing for " + key);
    }
}
