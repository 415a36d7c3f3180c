package gpuanalytics.processor.ledger;

import gpuanalytics.event.Field;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.measure.TokenCounter;
import gpuanalytics.processor.query.FoldedLabels;
import gpuanalytics.processor.query.GroupValue;
import gpuanalytics.processor.query.StoredFields;
import gpuanalytics.processor.query.TokenDimension;
import gpuanalytics.processor.store.StoreLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bson.RawBsonDocument;
import org.bson.conversions.Bson;
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

    /** Tokens of the prompt and the completion, as far as they are known. */
    long tokens() {
        return counts.get(Amount.PROMPT_TOKENS) + counts.get(Amount.COMPLETION_TOKENS);
    }

    /** Reads rollups. For one thread. */
    static final class Reader {

        private final StoredFields fields = new StoredFields();
        private final StoredFields.Field id = fields.field(StoreLayout.ID);
        private final StoredFields.Field gpu = fields.field(StoreLayout.GPU);
        private final StoredFields.Field folded = fields.field(StoreLayout.FOLDED);
        private final StoredFields.Field model = fields.field(TokenUsage.MODEL.name());
        private final StoredFields.Field team = fields.field(TokenUsage.TEAM.name());
        private final StoredFields.Field user = fields.field(TokenUsage.USER.name());
        private final StoredFields.Field project = fields.field(TokenUsage.PROJECT.name());
        private final StoredFields.Field namespace = fields.field(TokenUsage.NAMESPACE.name());
        private final StoredFields.Field requests = fields.field(TokenCounter.REQUESTS.field());
        private final StoredFields.Field errors = fields.field(TokenCounter.ERRORS.field());
        private final StoredFields.Field superseded = fields.field(TokenCounter.SUPERSEDED.field());
        private final StoredFields.Field withoutRequest =
                fields.field(TokenCounter.WITHOUT_REQUEST.field());
        private final List<TokenFields> tokens =
                Stream.of(
                                Amount.PROMPT_TOKENS,
                                Amount.COMPLETION_TOKENS,
                                Amount.CACHED_PROMPT_TOKENS,
                                Amount.CACHE_WRITE_TOKENS,
                                Amount.REASONING_TOKENS)
                        .map(this::tokens)
                        .toList();
        private final SumFields latency = time(TokenUsage.LATENCY_MS);
        private final SumFields ttft = time(TokenUsage.TTFT_MS);
        private final StoredFields.Field latencyBins =
                fields.field(TokenUsage.LATENCY_MS.name() + "." + StoreLayout.BINS);

        /** One of each, however many rollups name it. */
        private final Map<Group, Group> groups = new HashMap<>();

        private record TokenFields(Amount amount, SumFields tokens) {

            /** Tokens that no request says are absent. */
            void addTo(Amounts counts) {
                if (tokens.n().integer() > 0) {
                    counts.add(amount, tokens.sum().integer());
                }
            }
        }

        private TokenFields tokens(Amount amount) {
            return new TokenFields(amount, SumFields.of(fields, amount.field(), StoreLayout.SUM));
        }

        private SumFields time(Field<?> reading) {
            return SumFields.of(fields, reading.name(), StoreLayout.SUM_MICRO);
        }

        /** What a rollup is read of. */
        Bson projection() {
            return fields.projection();
        }

        TokenRow read(RawBsonDocument rollup) {
            fields.read(rollup);
            var counts = counts();
            return new TokenRow(
                    gpu.text(),
                    group(),
                    claim(counts),
                    spread(counts.get(Amount.REQUESTS)),
                    counts);
        }

        /** How many events the rollup read last counts. */
        long events() {
            return requests.integer() + superseded.integer() + withoutRequest.integer();
        }

        private Group group() {
            var not = FoldedLabels.of(folded.texts(), id.textAfter('|'), gpu.text() != null);
            var group =
                    new Group(
                            value(model, TokenDimension.MODEL, not),
                            value(team, TokenDimension.TEAM, not),
                            value(user, TokenDimension.USER, not),
                            value(project, TokenDimension.PROJECT, not),
                            value(namespace, TokenDimension.NAMESPACE, not));
            var known = groups.putIfAbsent(group, group);
            return known == null ? group : known;
        }

        private static @Nullable String value(
                StoredFields.Field label, TokenDimension dimension, Set<TokenDimension> folded) {
            return folded.contains(dimension) ? GroupValue.FOLDED : GroupValue.of(label.text());
        }

        private Amounts counts() {
            var counts = new Amounts();
            counts.add(Amount.REQUESTS, requests.integer());
            counts.add(Amount.ERRORS, errors.integer());
            tokens.forEach(some -> some.addTo(counts));
            return counts;
        }

        private Claim claim(Amounts counts) {
            long all = counts.get(Amount.REQUESTS);
            long prompt = Math.max(0, counts.get(Amount.PROMPT_TOKENS));
            long completion = Math.max(0, counts.get(Amount.COMPLETION_TOKENS));
            // tokens of requests that go on are told before their times are
            var isTimed = all > 0 || (prompt == 0 && completion == 0);
            var hasTimes = isTimed && latency.n().integer() >= all && ttft.n().integer() >= all;
            long whole = Math.max(0, latency.sum().integer());
            long prefill = Math.clamp(ttft.sum().integer(), 0, whole);
            return new Claim(
                    new Claim.Weight(prefill, whole - prefill),
                    Claim.ofTokens(prompt, completion),
                    hasTimes);
        }

        private RequestSpread spread(long all) {
            var bins = new TreeMap<Integer, Long>();
            latencyBins.forEachCount(
                    (bin, count) -> {
                        if (count > 0) {
                            bins.put(bin, count);
                        }
                    });
            return RequestSpread.of(all, latency.sum().integer() / NANOS_PER_MS, bins);
        }
    }
}
