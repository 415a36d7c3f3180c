package gpuanalytics.producer.source.smi;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How far apart the last samples of a GPU lie, most often. One thread tells it, any may ask.
 *
 * <p>Late lines and gaps do not move it: it is the middle one of the last steps.
 */
final class UsualStep {

    private static final int STEPS = 9;

    /** More GPUs than a machine has; names of GPUs that are garbage must not fill memory. */
    private static final int MAX_GPUS = 1024;

    private final Deque<Duration> steps = new ArrayDeque<>();
    private final Map<String, Instant> last =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
                    return size() > MAX_GPUS;
                }
            };
    private volatile @Nullable Duration usual;

    /** When the GPU had its last sample, or null. */
    @Nullable Instant last(String gpu) {
        return last.get(gpu);
    }

    /** Notes a sample of a GPU. */
    void note(String gpu, Instant time) {
        var before = last.put(gpu, time);
        if (before == null || !time.isAfter(before)) {
            return;
        }
        steps.add(Duration.between(before, time));
        if (steps.size() > STEPS) {
            steps.remove();
        }
        if (steps.size() == STEPS) {
            usual = steps.stream().sorted().toList().get(STEPS / 2);
        }
    }

    /** The step, once enough are known. */
    Optional<Duration> usual() {
        return Optional.ofNullable(usual);
    }
}
