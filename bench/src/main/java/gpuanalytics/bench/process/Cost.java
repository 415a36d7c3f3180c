package gpuanalytics.bench.process;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a process has cost so far.
 *
 * @param cpu processor time
 * @param allocatedBytes bytes allocated by its threads; null where it cannot be asked
 * @param peakResidentBytes the most memory it has had; null where the system does not say
 */
public record Cost(Duration cpu, @Nullable Long allocatedBytes, @Nullable Long peakResidentBytes) {}
