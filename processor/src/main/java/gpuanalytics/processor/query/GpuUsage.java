package gpuanalytics.processor.query;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a GPU was used for in an hour.
 *
 * @param hour the start of the hour
 * @param requests usages that name the GPU, by whichever of its names
 * @param errors how many of them failed
 * @param promptTokens null where none of them says
 * @param completionTokens null where none of them says
 */
public record GpuUsage(
        Instant hour,
        long requests,
        long errors,
        @Nullable Long promptTokens,
        @Nullable Long completionTokens) {

    /** No usage. */
    static GpuUsage none(Instant hour) {
        return new GpuUsage(hour, 0, 0, null, null);
    }

    GpuUsage and(GpuUsage more) {
        return new GpuUsage(
                hour,
                requests + more.requests,
                errors + more.errors,
                sum(promptTokens, more.promptTokens),
                sum(completionTokens, more.completionTokens));
    }

    private static @Nullable Long sum(@Nullable Long a, @Nullable Long b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return Math.addExact(a, b);
    }
}
