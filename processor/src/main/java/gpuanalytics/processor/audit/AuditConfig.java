package gpuanalytics.processor.audit;

import gpuanalytics.service.config.EnvironmentReader;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * How rollups are audited.
 *
 * @param interval how often a round begins, and how long one claims hours; zero for never
 * @param lease how long a changed hour is left to the processor that has claimed it
 * @param maxRows how many raw events of an hour are read at most; of an hour that has more, some
 *     minutes are recounted, others another time
 */
public record AuditConfig(Duration interval, Duration lease, int maxRows) {

    /** Reads the variables; what is wrong with them is in the reader afterwards. */
    public static AuditConfig read(EnvironmentReader reader) {
        return new AuditConfig(
                reader.duration(
                        "AUDIT_INTERVAL_S",
                        ChronoUnit.SECONDS,
                        600,
                        0,
                        86_400,
                        "How often closed rollups are recomputed from raw events; 0 for never"),
                reader.duration(
                        "AUDIT_LEASE_S",
                        ChronoUnit.SECONDS,
                        600,
                        1,
                        86_400,
                        "How long a changed hour is left to the processor that audits it"),
                reader.integer(
                        "AUDIT_MAX_ROWS",
                        2_000_000,
                        1000,
                        1_000_000_000,
                        "The most raw events of an hour that the audit reads"));
    }
}
