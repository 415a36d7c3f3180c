package gpuanalytics.processor.ledger;

import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.measure.TokenCounter;
import gpuanalytics.processor.query.FoldedLabels;
import gpuanalytics.processor.query.GroupValue;
import gpuanalytics.processor.query.TokenDimension;
import gpuanalytics.processor.store.StoreLayout;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/**
 * A minute's rollup of a series of usages, as far as the ledger needs it.
 *
 * @param gpuName the GPU as the usages name it; null where they name none, or it is folded
 * @param claim what they ask for of the GPU's time
 * @param spread over which minutes
 * @param counts requests and tokens
 */
record TokenRow(
        @Nullable String gpuName, Group group, Claim claim, RequestSpread spread, Amounts counts) {

    private static final double NANOS_PER_MS = 1e6;

    /** What a rollup is read of. */
    static final List<String> FIELDS =
            List.of(
                    StoreLayout.BUCKET,
                    StoreLayout.GPU,
                    StoreLayout.FOLDED,
                    TokenUsage.MODEL.name(),
                    TokenUsage.TEAM.name(),
                    TokenUsage.USER.name(),
                    TokenUsage.PROJECT.name(),
                    TokenUsage.NAMESPACE.name(),
                    TokenCounter.REQUESTS.field(),
                    TokenCounter.ERRORS.field(),
                    TokenUsage.PROMPT_TOKENS.name(),
                    TokenUsage.COMPLETION_TOKENS.name(),
                    TokenUsage.CACHED_PROMPT_TOKENS.name(),
                    TokenUsage.CACHE_WRITE_TOKENS.name(),
                    TokenUsage.REASONING_TOKENS.name(),
                    TokenUsage.LATENCY_MS.name(),
                    TokenUsage.TTFT_MS.name() + "." + StoreLayout.N,
                    TokenUsage.TTFT_MS.name() + "." + StoreLayout.SUM_MICRO);

    /**
     * @param known gives the one instance of a group
     */
    static TokenRow read(Document rollup, UnaryOperator<Group> known) {
        var counts = counts(rollup);
        return new TokenRow(
                rollup.getString(StoreLayout.GPU),
                known.apply(group(rollup)),
                claim(rollup, counts),
                spread(rollup, counts.get(Amount.REQUESTS)),
                counts);
    }

    /** Tokens of the prompt and the completion, as far as they are known. */
    long tokens() {
        return counts.get(Amount.PROMPT_TOKENS) + counts.get(Amount.COMPLETION_TOKENS);
    }

    private static Group group(Document rollup) {
        var folded = FoldedLabels.of(rollup);
        return new Group(
                value(rollup, TokenDimension.MODEL, folded),
                value(rollup, TokenDimension.TEAM, folded),
                value(rollup, TokenDimension.USER, folded),
                value(rollup, TokenDimension.PROJECT, folded),
                value(rollup, TokenDimension.NAMESPACE, folded));
    }

    private static @Nullable String value(
            Document rollup, TokenDimension dimension, Set<TokenDimension> folded) {
        return folded.contains(dimension)
                ? GroupValue.FOLDED
                : GroupValue.of(rollup.getString(dimension.label()));
    }

    private static Amounts counts(Document rollup) {
        var counts = new Amounts();
        counts.add(Amount.REQUESTS, GpuRow.integer(rollup, TokenCounter.REQUESTS.field()));
        counts.add(Amount.ERRORS, GpuRow.integer(rollup, TokenCounter.ERRORS.field()));
        addTokens(counts, Amount.PROMPT_TOKENS, rollup);
        addTokens(counts, Amount.COMPLETION_TOKENS, rollup);
        addTokens(counts, Amount.CACHED_PROMPT_TOKENS, rollup);
        addTokens(counts, Amount.CACHE_WRITE_TOKENS, rollup);
        addTokens(counts, Amount.REASONING_TOKENS, rollup);
        return counts;
    }

    /** Tokens that no request says are absent. */
    private static void addTokens(Amounts counts, Amount amount, Document rollup) {
        var part = GpuRow.part(rollup, amount.field());
        if (GpuRow.integer(part, StoreLayout.N) > 0) {
            counts.add(amount, GpuRow.integer(part, StoreLayout.SUM));
        }
    }

    private static Claim claim(Document rollup, Amounts counts) {
        var latency = GpuRow.part(rollup, TokenUsage.LATENCY_MS.name());
        var ttft = GpuRow.part(rollup, TokenUsage.TTFT_MS.name());
        long requests = counts.get(Amount.REQUESTS);
        var hasTimes =
                GpuRow.integer(latency, StoreLayout.N) >= requests
                        && GpuRow.integer(ttft, StoreLayout.N) >= requests;
        long whole = Math.max(0, GpuRow.integer(latency, StoreLayout.SUM_MICRO));
        long prefill = Math.clamp(GpuRow.integer(ttft, StoreLayout.SUM_MICRO), 0, whole);
        return new Claim(
                new Claim.Weight(prefill, whole - prefill),
                Claim.ofTokens(
                        Math.max(0, counts.get(Amount.PROMPT_TOKENS)),
                        Math.max(0, counts.get(Amount.COMPLETION_TOKENS))),
                hasTimes);
    }

    private static RequestSpread spread(Document rollup, long requests) {
        var latency = GpuRow.part(rollup, TokenUsage.LATENCY_MS.name());
        var bins = new TreeMap<Integer, Long>();
        GpuRow.part(latency, StoreLayout.BINS)
                .forEach(
                        (bin, count) -> {
                            long of = ((Number) count).longValue();
                            if (of > 0) {
                                bins.put(Integer.parseInt(bin), of);
                            }
                        });
        return RequestSpread.of(
                requests, GpuRow.integer(latency, StoreLayout.SUM_MICRO) / NANOS_PER_MS, bins);
    }
}
