package gpuanalytics.processor.store;

/**
 * The names in the store: collections, and the fields that events do not have themselves.
 *
 * <p>Raw documents hold an event's fields under their contract names, {@code ts} as a date and
 * {@code ts_nanos} (0 to 999,999, left out when 0) for what a date cannot hold.
 *
 * <p>Rollup documents hold sums that are integers, so that equality is exact: readings with a
 * fraction in millionths of their unit, all else in whole units.
 */
public final class StoreLayout {

    /** Raw GPU samples, one document each. */
    public static final String GPU_METRICS = "gpu_metrics";

    /** Raw token usages, one document each. */
    public static final String TOKEN_USAGE = "token_usage";

    /** One document per GPU (and MIG instance) and minute. */
    public static final String GPU_MINUTE = "gpu_minute";

    /** One document per GPU (and MIG instance) and hour. */
    public static final String GPU_HOUR = "gpu_hour";

    /**
     * One document per minute and series: model, team, user, project, GPU, provider, operation,
     * namespace, pod.
     */
    public static final String TOKEN_MINUTE = "token_minute";

    /** One document per hour and series. */
    public static final String TOKEN_HOUR = "token_hour";

    /** The latest sample of each GPU and MIG instance, one document each. */
    public static final String GPU_LATEST = "gpu_latest";

    /** The hours whose rollups have changed since they were worked on, one document each. */
    public static final String CHANGED_HOURS = "changed_hours";

    /** The ledger of each hour: a head, and its entries in parts by GPU and over all GPUs. */
    public static final String LEDGER_HOURS = "ledger_hours";

    /** The ledger of each day over all GPUs: a head, and its entries in parts. */
    public static final String LEDGER_DAYS = "ledger_days";

    /** The token rollups of each day that is over: a head, and rollups in parts. */
    public static final String TOKEN_DAYS = "token_days";

    /** In a ledger's or a day's document: {@code head}, or what of it a part is. */
    public static final String SCOPE = "scope";

    /** Which names mean which GPU, and since when; one document per name, GPU and time. */
    public static final String GPU_NAMES = "gpu_names";

    /** In a GPU's name: the name, a key of a GPU or of a MIG instance. */
    public static final String NAME = "name";

    /** In a GPU's name: from when on it means that GPU, a date. */
    public static final String FROM = "from";

    /** What contradicts what is stored, and reused identities; one document per identity. */
    public static final String CONFLICTS = "conflicts";

    /** The lists of prices that were put, one document each, numbered in their order. */
    public static final String PRICES = "prices";

    /** The lists of budgets that were put, one document each; the last one holds. */
    public static final String BUDGETS = "budgets";

    /** The thresholds of budgets that were reached, one document each. */
    public static final String BUDGET_ALERTS = "budget_alerts";

    /** In an alert: the start of the budget's period, a date. */
    public static final String PERIOD_START = "period_start";

    /** In an alert that somebody is to be told of: when that is tried next, a date. */
    public static final String DUE_AT = "due_at";

    public static final String KIND = "kind";
    public static final String TOPIC = "topic";
    public static final String IDENTITY = "identity";
    public static final String DETAIL = "detail";

    /** In a changed hour: its start, a date. */
    public static final String HOUR = "hour";

    /** How far the counters of a GPU are read, beside its latest sample. */
    public static final String METER = "meter";

    /** In a latest sample: the fields of the sample's raw document. */
    public static final String SAMPLE = "sample";

    /** The identity, see {@link gpuanalytics.event.EventId}. */
    public static final String ID = "_id";

    /** The time of an event or of a latest sample, a date. */
    public static final String TS = "ts";

    /** Nanoseconds of {@link #TS} below its millisecond. */
    public static final String TS_NANOS = "ts_nanos";

    /** The GPU's key, see {@link gpuanalytics.event.GpuId#key()}. */
    public static final String GPU = "gpu";

    /**
     * In a latest sample: its time in nanoseconds since 1970, an int64; what its guard compares.
     */
    public static final String TS_EPOCH_NANOS = "ts_epoch_ns";

    /** In a latest sample: how many words about it came before the one that told it last. */
    public static final String WORD = "word";

    /** Where a raw document came from: {@code {topic_id, partition, offset}}. */
    public static final String SRC = "src";

    public static final String SRC_TOPIC_ID = "topic_id";
    public static final String SRC_PARTITION = "partition";
    public static final String SRC_OFFSET = "offset";

    /** The place among several events of a record; missing for the first or only one. */
    public static final String SRC_ITEM = "item";

    /**
     * What was said of readings that a raw document lacks, by their fields; missing where nothing
     * was refused.
     */
    public static final String REFUSED = "refused";

    /**
     * Set on a raw document that does not count under its own series: the names of the labels that
     * are folded; {@code "gpu"} where all are and the GPU is kept, true where not even that is.
     */
    public static final String OVERFLOW = "overflow";

    /**
     * In a token rollup of a surplus series: the names of the labels that are folded, an array.
     * They stand for all values without room of their own, and are no values themselves.
     */
    public static final String FOLDED = "folded";

    /**
     * Set on a GPU's raw document whose sample does not say what time it stands for: the seconds
     * that were assumed when it was stored.
     */
    public static final String ASSUMED_INTERVAL_S = "assumed_interval_s";

    /** Set on a raw usage whose {@code error_type} alone does not say whether it failed. */
    public static final String DECIDED_FAILED = "decided_failed";

    /** Set on a raw sample that reports another number of XID errors than its {@code xid} says. */
    public static final String DECIDED_XID_ERRORS = "decided_xid_errors";

    /**
     * Set on a raw sample whose energy is not its power times its interval, in microjoules; null
     * where it had a reading of power or energy and none can be told from it.
     */
    public static final String DECIDED_ENERGY_UJ = "decided_energy_uj";

    /**
     * Set on a raw document that is not the first under its identity: {@code {of, n, as, at}}, the
     * identity, the number of this word (the first has none), how it counts ({@link
     * gpuanalytics.processor.decode.Role}) and where it came from, in text; of a usage also {@code
     * {request, stands}}, the numbers of the first word about its request and of the one that
     * counted once this was there.
     */
    public static final String SAID = "said";

    public static final String SAID_OF = "of";
    public static final String SAID_N = "n";
    public static final String SAID_AS = "as";
    public static final String SAID_AT = "at";
    public static final String SAID_REQUEST = "request";
    public static final String SAID_STANDS = "stands";

    /** Of another request under a known identity: where the word before it came from. */
    public static final String SAID_BESIDE = "beside";

    /** Of what adds to a sample: the names of the readings that it adds. */
    public static final String SAID_ADDS = "adds";

    /** Of what adds to a sample: the seconds that the sample stands for. */
    public static final String SAID_INTERVAL_S = "interval_s";

    /** Set on a raw document that counts in place of another: that one, as it was stored. */
    public static final String REPLACES = "replaces";

    /** When the one happened that is replaced. */
    public static final String REPLACED_TS = REPLACES + "." + TS;

    /**
     * Set on a raw usage that shows that other earlier words than the one it replaces count
     * otherwise: of each {@code {counts, event}}, whether it counts now and did not before, or the
     * other way about, and the word as it was stored.
     */
    public static final String MOVES = "moves";

    public static final String MOVED_COUNTS = "counts";
    public static final String MOVED_EVENT = "event";

    /** When the one happened that counts otherwise, in an element of {@link #MOVES}. */
    public static final String MOVED_TS = MOVED_EVENT + "." + TS;

    /** Where a later word came from, in text. */
    public static final String SAID_AT_PATH = SAID + "." + SAID_AT;

    /** Set on what adds to a sample: all that the words so far say of the sample. */
    public static final String MERGED = "merged";

    /** In what words say of a sample together, and in a GPU's rollup: the pods that share it. */
    public static final String PODS = "pods";

    /**
     * Set on a raw document of a usage that has a provider, an operation, a namespace or a pod:
     * {@link #SERIES_BY_ALL}. Without it, the usage was stored before these were labels and counts
     * by model, team, user, project and GPU alone.
     */
    public static final String SERIES_BY = "series_by";

    public static final int SERIES_BY_ALL = 2;

    /** When a raw document was stored or a rollup last changed, a date; what expiry goes by. */
    public static final String STORED_AT = "stored_at";

    /** When a rollup was made, a date; a rollup younger than its raw rows can be audited. */
    public static final String CREATED_AT = "created_at";

    /** The start of a rollup's bucket, a date. */
    public static final String BUCKET = "bucket";

    /**
     * A rollup's watermarks: {@code wm.<topic id>_<partition>} is the offset of the last record of
     * that partition that it counts.
     */
    public static final String WATERMARKS = "wm";

    /** The series that events count under of which all labels are folded. */
    public static final String OTHER = "other";

    /** In a GPU rollup: how many samples it counts. */
    public static final String SAMPLES = "samples";

    /** In a GPU rollup: the time that the samples stand for, in microseconds. */
    public static final String COVERED_US = "covered_us";

    /** In a GPU rollup: the energy that its samples tell of, in microjoules. */
    public static final String ENERGY_UJ = "energy_uj";

    /** In a GPU rollup: how many samples had power or energy and yet no energy could be told. */
    public static final String ENERGY_UNKNOWN = "energy_unknown";

    /** In a GPU rollup: how many XID errors its samples report. */
    public static final String XID_ERRORS = "xid_errors";

    /** In a token rollup: how many requests its usages are. */
    public static final String REQUESTS = "requests";

    /** In a token rollup: how many of them failed, and attempts that did. */
    public static final String ERRORS = "errors";

    /** In a token rollup: attempts that failed and whose requests other words stand for. */
    public static final String FAILED_ATTEMPTS = "failed_attempts";

    /**
     * In a token rollup: requests of words that counted and that later words replaced. With {@link
     * #REQUESTS} a number that never falls.
     */
    public static final String SUPERSEDED = "superseded";

    /**
     * In a token rollup: usages that sum up no request, so that what counts as none is told from
     * what is lost. Never falls.
     */
    public static final String WITHOUT_REQUEST = "without_request";

    /** In a reading's or token count's part of a rollup: how many events have it. */
    public static final String N = "n";

    /** In a reading's part of a rollup: the sum in whole units. */
    public static final String SUM = "sum";

    /** In a reading's part of a rollup: the sum in millionths of the unit. */
    public static final String SUM_MICRO = "sum_micro";

    /** In a reading's part of a rollup: its smallest value, in its unit. */
    public static final String MIN = "min";

    /** In a reading's part of a rollup: its largest value, in its unit. */
    public static final String MAX = "max";

    /**
     * In a latency's part of a rollup: {@code bins.<i>} counts the values in bin i of {@link
     * gpuanalytics.processor.rollup.LatencyBins}.
     */
    public static final String BINS = "bins";

    private StoreLayout() {}
}
