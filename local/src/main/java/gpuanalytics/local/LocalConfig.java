package gpuanalytics.local;

import gpuanalytics.service.config.EnvironmentReader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

/**
 * What the environment asks of the run in one process, beside what producers and processor read.
 *
 * @param dataDirectory where broker and store keep their data; absent for nowhere
 * @param storeUrl a store to use instead of the embedded one
 * @param brokerPort where the broker listens; 0 for a free port
 * @param storePort where the store listens; 0 for a free port
 * @param partitions of each topic of events
 * @param log how much the broker keeps
 * @param kept how long the embedded store keeps what
 * @param rawBytes how much is kept of each collection of raw events
 * @param rollupBytes how much is kept of each collection of rollups
 * @param demo in which time the day of a demonstration is told
 */
public record LocalConfig(
        Optional<Path> dataDirectory,
        Optional<String> storeUrl,
        int brokerPort,
        int storePort,
        int partitions,
        Log log,
        Retention kept,
        long rawBytes,
        long rollupBytes,
        Duration demo) {

    private static final long MIB = 1 << 20;
    private static final int MAX_PARTITIONS = 64;

    /**
     * Reads the environment.
     *
     * @throws gpuanalytics.service.config.ConfigurationException with every error, if there is one
     */
    public static LocalConfig fromEnvironment(Map<String, String> environment) {
        var reader = new EnvironmentReader(environment);
        var config = read(reader);
        reader.check();
        return config;
    }

    /** Reads all variables; what is wrong with them is in the reader afterwards. */
    public static LocalConfig read(EnvironmentReader reader) {
        return new LocalConfig(
                reader.text("DATA_DIR", "Where broker and store keep their data; unset: nowhere")
                        .map(Path::of),
                reader.text(
                        "LOCAL_STORE_URL",
                        "A MongoDB to use instead of the embedded store, with its own"
                                + " retention"),
                reader.port("BROKER_PORT", 0, "The embedded broker's port; 0 takes a free one"),
                reader.port("STORE_PORT", 0, "The embedded store's port; 0 takes a free one"),
                reader.integer(
                        "PARTITIONS", 4, 1, MAX_PARTITIONS, "Partitions of each topic of events"),
                Log.read(reader),
                Retention.read(reader),
                memory(reader, "LOCAL_RAW_BYTES", 32 * MIB, "raw events"),
                memory(reader, "LOCAL_ROLLUP_BYTES", 64 * MIB, "rollups"),
                reader.duration(
                        "DEMO_S",
                        ChronoUnit.SECONDS,
                        60,
                        1,
                        3600,
                        "In how many seconds `make demo` tells its day"));
    }

    /**
     * The embedded broker's log.
     *
     * @param bytes how much is kept per partition
     * @param retention how long it is kept
     */
    public record Log(long bytes, Duration retention) {

        private static Log read(EnvironmentReader reader) {
            return new Log(
                    reader.bytes(
                            "BROKER_RETENTION_BYTES",
                            32 * MIB,
                            MIB,
                            1024 * MIB,
                            "How much log the embedded broker keeps per partition"),
                    reader.duration(
                            "BROKER_RETENTION_S",
                            ChronoUnit.SECONDS,
                            3600,
                            10,
                            604_800,
                            "How long the embedded broker keeps log"));
        }
    }

    /**
     * How long the embedded store keeps what.
     *
     * @param raw events
     * @param minute rollups of minutes
     * @param hour rollups of hours
     */
    public record Retention(Duration raw, Duration minute, Duration hour) {

        private static Retention read(EnvironmentReader reader) {
            var retention =
                    new Retention(
                            kept(reader, "LOCAL_RAW_RETENTION_S", 900, 1, 604_800, "raw events"),
                            kept(
                                    reader,
                                    "LOCAL_MINUTE_RETENTION_S",
                                    10_800,
                                    60,
                                    2_592_000,
                                    "minute rollups"),
                            kept(
                                    reader,
                                    "LOCAL_HOUR_RETENTION_S",
                                    604_800,
                                    3600,
                                    31_536_000,
                                    "hour rollups"));
            retention.check(reader);
            return retention;
        }

        /**
         * What is counted from something must be kept at least as long: the audit compares them.
         */
        private void check(EnvironmentReader reader) {
            if (minute.compareTo(raw) < 0) {
                reader.error(
                        "LOCAL_MINUTE_RETENTION_S is %d, expected at least the %d of LOCAL_RAW_RETENTION_S"
                                .formatted(minute.toSeconds(), raw.toSeconds()));
            }
            if (hour.compareTo(minute) < 0) {
                reader.error(
                        "LOCAL_HOUR_RETENTION_S is %d, expected at least the %d of LOCAL_MINUTE_RETENTION_S"
                                .formatted(hour.toSeconds(), minute.toSeconds()));
            }
        }
    }

    private static Duration kept(
            EnvironmentReader reader,
            String name,
            long byDefault,
            long least,
            long most,
            String what) {
        return reader.duration(
                name,
                ChronoUnit.SECONDS,
                byDefault,
                least,
                most,
                "How long the embedded store keeps " + what);
    }

    private static long memory(EnvironmentReader reader, String name, long byDefault, String what) {
        return reader.bytes(
                name,
                byDefault,
                MIB,
                65_536 * MIB,
                "How much memory each collection of %s may take in the embedded store"
                        .formatted(what));
    }
}
