package gpuanalytics.processor.query;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was used, by time and group. A group has no row for a step without a request; without groups
 * and steps there is always one row.
 *
 * @param window when, as it was answered
 * @param groupBy what the rows are grouped by
 * @param rows by time, then by group
 * @param totals all rows together
 */
public record TokenReport(
        QueryWindow window, List<TokenDimension> groupBy, List<Row> rows, Counts totals) {

    public TokenReport {
        groupBy = List.copyOf(groupBy);
        rows = List.copyOf(rows);
    }

    /**
     * One group in one step.
     *
     * @param start the step's start
     * @param group the group's values in the order of the report's {@code groupBy}; null where its
     *     usages have none
     * @param counts what it used
     */
    public record Row(Instant start, List<@Nullable String> group, Counts counts) {

        public Row {
            // List.copyOf takes no null
            group = Collections.unmodifiableList(new ArrayList<>(group));
        }
    }

    /**
     * Requests and tokens. A count of tokens is null when no request says it, never zero.
     *
     * @param requests how many
     * @param errors how many of them failed
     * @param promptTokens tokens read, cached ones included
     * @param completionTokens tokens written, reasoning included
     * @param cachedPromptTokens prompt tokens that came from a cache
     * @param cacheWriteTokens prompt tokens that were written to a cache
     * @param reasoningTokens completion tokens spent on reasoning
     * @param latencyMs from a request's arrival to its last token, in ms
     * @param ttftMs from a request's arrival to its first token, in ms
     * @param tokensPerSecond prompt and completion tokens by the seconds of the step that have
     *     passed
     */
    public record Counts(
            long requests,
            long errors,
            @Nullable Long promptTokens,
            @Nullable Long completionTokens,
            @Nullable Long cachedPromptTokens,
            @Nullable Long cacheWriteTokens,
            @Nullable Long reasoningTokens,
            @Nullable Latency latencyMs,
            @Nullable Latency ttftMs,
            @Nullable Double tokensPerSecond) {}

    /**
     * The distribution of a latency, in ms; the percentiles are at most 4.5 % off.
     *
     * @param n how many requests have it
     */
    public record Latency(long n, double p50, double p95, double mean) {}
}
