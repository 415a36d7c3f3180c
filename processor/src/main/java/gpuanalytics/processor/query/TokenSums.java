package gpuanalytics.processor.query;

import gpuanalytics.event.Field;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.query.TokenReport.Counts;
import gpuanalytics.processor.query.TokenReport.Latency;
import gpuanalytics.processor.rollup.LatencyBins;
import gpuanalytics.processor.store.StoreLayout;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/** The sums of token rollups, exact to the last token. */
final class TokenSums {

    private final TokenCount prompt = new TokenCount(TokenUsage.PROMPT_TOKENS);
    private final TokenCount completion = new TokenCount(TokenUsage.COMPLETION_TOKENS);
    private final TokenCount cachedPrompt = new TokenCount(TokenUsage.CACHED_PROMPT_TOKENS);
    private final TokenCount cacheWrite = new TokenCount(TokenUsage.CACHE_WRITE_TOKENS);
    private final TokenCount reasoning = new TokenCount(TokenUsage.REASONING_TOKENS);
    private final LatencySum latency = new LatencySum(TokenUsage.LATENCY_MS);
    private final LatencySum ttft = new LatencySum(TokenUsage.TTFT_MS);
    private long requests;
    private long errors;

    void add(Document rollup) {
        requests += Numbers.integer(rollup, StoreLayout.REQUESTS);
        errors += Numbers.integer(rollup, StoreLayout.ERRORS);
        prompt.add(rollup);
        completion.add(rollup);
        cachedPrompt.add(rollup);
        cacheWrite.add(rollup);
        reasoning.add(rollup);
        latency.add(rollup);
        ttft.add(rollup);
    }

    /** What they are, over the seconds that have passed. */
    Counts counts(double elapsedSeconds) {
        return new Counts(
                requests,
                errors,
                prompt.value(),
                completion.value(),
                cachedPrompt.value(),
                cacheWrite.value(),
                reasoning.value(),
                latency.value(),
                ttft.value(),
                tokensPerSecond(elapsedSeconds));
    }

    private @Nullable Double tokensPerSecond(double elapsedSeconds) {
        if (prompt.n + completion.n == 0 || elapsedSeconds == 0) {
            return null;
        }
        return Math.addExact(prompt.sum, completion.sum) / elapsedSeconds;
    }

    /** One kind of token. */
    private static final class TokenCount {

        private final String field;
        private long n;
        private long sum;

        TokenCount(Field<Long> field) {
            this.field = field.name();
        }

        void add(Document rollup) {
            var part = rollup.get(field, Document.class);
            if (part != null) {
                n += Numbers.integer(part, StoreLayout.N);
                sum = Math.addExact(sum, Numbers.integer(part, StoreLayout.SUM));
            }
        }

        @Nullable Long value() {
            return n == 0 ? null : sum;
        }
    }

    /** One kind of latency. */
    private static final class LatencySum {

        private static final double MICRO = 1e6;

        private final String field;
        private final long[] bins = new long[LatencyBins.COUNT];
        private long n;
        // a double: only the mean is shown
        private double sumMicro;
        private double min = Double.POSITIVE_INFINITY;
        private double max = Double.NEGATIVE_INFINITY;

        LatencySum(Field<Double> field) {
            this.field = field.name();
        }

        void add(Document rollup) {
            var part = rollup.get(field, Document.class);
            if (part == null) {
                return;
            }
            n += Numbers.integer(part, StoreLayout.N);
            sumMicro += Numbers.integer(part, StoreLayout.SUM_MICRO);
            min = Math.min(min, Numbers.decimal(part, StoreLayout.MIN, min));
            max = Math.max(max, Numbers.decimal(part, StoreLayout.MAX, max));
            var counted = part.get(StoreLayout.BINS, Document.class);
            if (counted != null) {
                counted.forEach(
                        (bin, count) ->
                                bins[Integer.parseInt(bin)] += ((Number) count).longValue());
            }
        }

        @Nullable Latency value() {
            return n == 0
                    ? null
                    : new Latency(n, quantile(0.5), quantile(0.95), toMicros(sumMicro / n / MICRO));
        }

        /** A bin's middle may lie outside of what was measured, a percentile may not. */
        private double quantile(double share) {
            double middle = LatencyBins.quantileMs(bins, share);
            return toMicros(Math.clamp(middle, min, max));
        }

        /** More digits of a millisecond than three would only look exact. */
        private static double toMicros(double millis) {
            return Math.round(millis * 1000) / 1000.0;
        }
    }
}
