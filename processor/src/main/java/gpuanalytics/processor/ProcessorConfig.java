package gpuanalytics.processor;

import gpuanalytics.event.EventLimits;
import gpuanalytics.event.EventTopic;
import gpuanalytics.processor.api.HttpConfig;
import gpuanalytics.processor.audit.AuditConfig;
import gpuanalytics.processor.batch.BatchPolicy;
import gpuanalytics.processor.budget.BudgetConfig;
import gpuanalytics.processor.consume.ConsumeConfig;
import gpuanalytics.processor.consume.ConsumeConfig.GroupProtocol;
import gpuanalytics.processor.day.TokenDayConfig;
import gpuanalytics.processor.figure.FigureConfig;
import gpuanalytics.processor.ledger.LedgerConfig;
import gpuanalytics.processor.meter.MeterLimits;
import gpuanalytics.processor.price.PriceConfig;
import gpuanalytics.processor.rollup.FlushPolicy;
import gpuanalytics.processor.series.SeriesLimits;
import gpuanalytics.processor.store.StoreConfig;
import gpuanalytics.processor.write.IdentityRules;
import gpuanalytics.service.config.EnvironmentReader;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/**
 * Everything that can be set.
 *
 * @param consume how records are read
 * @param limits what an event may be at most
 * @param ingest how records go through the steps
 * @param store the store and its retention
 * @param audit how rollups are audited
 * @param tokenDays how days of token rollups are kept
 * @param ledger how the ledger is kept
 * @param prices what GPUs and tokens cost
 * @param budgets what may be spent, and who is told
 * @param figures which figures of fleet and costs are among the metrics
 * @param http where the API listens and what one may ask of it
 */
public record ProcessorConfig(
        ConsumeConfig consume,
        EventLimits limits,
        IngestSettings ingest,
        StoreConfig store,
        AuditConfig audit,
        TokenDayConfig tokenDays,
        LedgerConfig ledger,
        PriceConfig prices,
        BudgetConfig budgets,
        FigureConfig figures,
        HttpConfig http) {

    private static final int MAX_BATCH_ROWS = 100_000;
    private static final long MIB = 1 << 20;

    /**
     * Reads the environment.
     *
     * @throws gpuanalytics.service.config.ConfigurationException with every error, if there is one
     */
    public static ProcessorConfig fromEnvironment(Map<String, String> environment) {
        var reader = new EnvironmentReader(environment);
        var config = read(reader);
        reader.check();
        return config;
    }

    /** Reads all variables; what is wrong with them is in the reader afterwards. */
    public static ProcessorConfig read(EnvironmentReader reader) {
        var batch = batch(reader);
        return new ProcessorConfig(
                consume(reader, batch.rows()),
                limits(reader),
                ingest(reader, batch),
                StoreConfig.read(reader),
                AuditConfig.read(reader),
                TokenDayConfig.read(reader),
                LedgerConfig.read(reader),
                PriceConfig.read(reader),
                BudgetConfig.read(reader),
                FigureConfig.read(reader),
                HttpConfig.fromEnvironment(reader));
    }

    /** The same with another store. */
    public ProcessorConfig with(StoreConfig another) {
        return new ProcessorConfig(
                consume, limits, ingest, another, audit, tokenDays, ledger, prices, budgets,
                figures, http);
    }

    private static ConsumeConfig consume(EnvironmentReader reader, int batchRows) {
        return new ConsumeConfig(
                reader.addresses(
                        "KAFKA_BOOTSTRAP",
                        "localhost:9092",
                        "Kafka's brokers, host:port,host:port"),
                topics(reader),
                reader.topic(
                        "TOPIC_DEAD_LETTER", "dead.letters.v1", "Where rejected records are kept"),
                reader.text("GROUP_ID", "processor", "The consumer group"),
                reader.text(
                                "GROUP_INSTANCE_ID",
                                "Makes this a static member: a name of its own in the group")
                        .orElse(null),
                reader.choice(
                        "GROUP_PROTOCOL",
                        GroupProtocol.CONSUMER,
                        "consumer (KIP-848) or classic, for brokers before 4.0"),
                batchRows,
                reader.duration(
                        "COMMIT_INTERVAL_MS",
                        ChronoUnit.MILLIS,
                        1000,
                        10,
                        60_000,
                        "How often progress is committed"),
                reader.duration(
                        "REVOKE_TIMEOUT_MS",
                        ChronoUnit.MILLIS,
                        5000,
                        0,
                        60_000,
                        "How long a rebalance waits for what is under way"));
    }

    private static Map<EventTopic, String> topics(EnvironmentReader reader) {
        return Map.of(
                EventTopic.GPU_METRICS,
                reader.topic(
                        "TOPIC_METRIC",
                        EventTopic.GPU_METRICS.defaultName(),
                        "The topic of GPU samples"),
                EventTopic.TOKEN_USAGE,
                reader.topic(
                        "TOPIC_TOKEN",
                        EventTopic.TOKEN_USAGE.defaultName(),
                        "The topic of token usages"));
    }

    private static EventLimits limits(EnvironmentReader reader) {
        return new EventLimits(
                reader.duration(
                        "MAX_EVENT_AGE_DAYS",
                        ChronoUnit.DAYS,
                        EventLimits.DEFAULT_MAX_AGE.toDays(),
                        1,
                        36_600,
                        "How far an event's time may lie before that of its record"),
                reader.duration(
                        "MAX_EVENT_LEAD_S",
                        ChronoUnit.SECONDS,
                        EventLimits.DEFAULT_MAX_LEAD.toSeconds(),
                        0,
                        86_400,
                        "How far an event's time may lie after that of its record"),
                (int)
                        reader.bytes(
                                "MAX_EVENT_BYTES",
                                EventLimits.DEFAULT_MAX_BYTES,
                                1024,
                                8 * MIB,
                                "The largest record that is taken"),
                reader.integer(
                        "MAX_EVENTS_PER_RECORD",
                        EventLimits.DEFAULT_MAX_ITEMS,
                        1,
                        100_000,
                        "The most events in one record, as an array or one to a line"));
    }

    private static BatchPolicy batch(EnvironmentReader reader) {
        return new BatchPolicy(
                reader.integer(
                        "BATCH_ROWS", 5000, 1, MAX_BATCH_ROWS, "The most records of a batch"),
                reader.bytes("BATCH_BYTES", 8 * MIB, 1024, 256 * MIB, "The size of a full batch"),
                reader.duration(
                        "BATCH_AGE_MS",
                        ChronoUnit.MILLIS,
                        20,
                        0,
                        60_000,
                        "How long a record waits for others while a writer is free"));
    }

    private static IngestSettings ingest(EnvironmentReader reader, BatchPolicy batch) {
        return new IngestSettings(
                batch,
                reader.integer(
                        "IN_FLIGHT_BATCHES", 2, 1, 64, "How many batches are inserted at once"),
                reader.bytes(
                        "BUFFER_BYTES",
                        32 * MIB,
                        MIB,
                        4096 * MIB,
                        "How much may be under way before fetching pauses"),
                flush(reader),
                series(reader),
                meter(reader),
                identity(reader),
                reader.integer(
                        "MAX_CONFLICTS",
                        10_000,
                        1,
                        1_000_000,
                        "How many conflicts and reused request ids are kept for /conflicts, the"
                                + " latest"),
                reader.duration(
                        "SAMPLE_INTERVAL_S",
                        ChronoUnit.SECONDS,
                        15,
                        1,
                        3600,
                        "The time a GPU sample stands for when it does not say"),
                reader.duration(
                        "SHUTDOWN_TIMEOUT_MS",
                        ChronoUnit.MILLIS,
                        5000,
                        0,
                        600_000,
                        "How long a shutdown waits for what is under way"));
    }

    private static FlushPolicy flush(EnvironmentReader reader) {
        return new FlushPolicy(
                reader.duration(
                        "ROLLUP_FLUSH_MS",
                        ChronoUnit.MILLIS,
                        2000,
                        0,
                        10_000,
                        "How long a stored event may wait for others before it is rolled up"),
                reader.bytes(
                        "ROLLUP_FLUSH_BYTES",
                        16 * MIB,
                        MIB,
                        1024 * MIB,
                        "How much may wait to be rolled up"));
    }

    private static IdentityRules identity(EnvironmentReader reader) {
        return new IdentityRules(
                reader.duration(
                        "REQUEST_SPAN_S",
                        ChronoUnit.SECONDS,
                        IdentityRules.DEFAULT_REQUEST_SPAN.toSeconds(),
                        0,
                        86_400,
                        "How far apart two usages of one request_id may lie and be one request"),
                reader.integer(
                        "IDENTITY_WORDS",
                        IdentityRules.DEFAULT_COMPARED_WORDS,
                        1,
                        10_000,
                        "How many of the events under one identity, the newest, a further one is"
                                + " compared with"),
                reader.integer(
                        "MAX_PODS_PER_SAMPLE",
                        IdentityRules.DEFAULT_MAX_PODS,
                        1,
                        1000,
                        "Of how many pods that share a GPU the names are kept"));
    }

    private static SeriesLimits series(EnvironmentReader reader) {
        return new SeriesLimits(
                reader.integer(
                        "MAX_SERIES_PER_BUCKET",
                        50_000,
                        1,
                        10_000_000,
                        "How many token series an hour has before labels of further ones are"
                                + " folded, first that with the most values; a tenth as many, at"
                                + " least 16, may come on top with labels folded"),
                reader.integer(
                        "MAX_GPUS_PER_BUCKET",
                        10_000,
                        1,
                        10_000_000,
                        "How many GPUs and MIG instances an hour has before further ones count"
                                + " under other; of so many the latest sample is kept"));
    }

    private static MeterLimits meter(EnvironmentReader reader) {
        return new MeterLimits(
                reader.integer(
                        "MAX_METERED_GPUS",
                        10_000,
                        1,
                        10_000_000,
                        "Of how many GPUs and MIG instances the last readings of counters are kept"
                                + " in memory; those of others are read from the store"),
                reader.integer(
                        "MAX_GPU_WATTS",
                        2000,
                        1,
                        10_000,
                        "The most that a board draws; an energy counter that rises faster is not"
                                + " believed"),
                reader.duration(
                        "MAX_ENERGY_GAP_S",
                        ChronoUnit.SECONDS,
                        3600,
                        1,
                        86_400,
                        "The longest time between two readings of an energy counter whose"
                                + " difference counts"));
    }
}
