package gpuanalytics.producer.translate;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.event.Field;
import gpuanalytics.event.RequestStatus;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.translate.ServerMetric.Meaning;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * By how much the counters of servers have risen in an interval, as usages: one for each model, and
 * one for each way in which its requests failed.
 */
public final class UsageSums {

    private static final int ID_BYTES = 16;
    private static final BigDecimal MILLIS = BigDecimal.valueOf(1000);

    private final String place;
    private final String modelOfOthers;
    private final boolean isWhole;
    private final Map<Model, Map<Meaning, BigDecimal>> models = new TreeMap<>();
    private final Map<Failure, BigDecimal> failures = new TreeMap<>();

    /** A model of a server. */
    private record Model(String server, String name) implements Comparable<Model> {

        @Override
        public int compareTo(Model other) {
            int byServer = server.compareTo(other.server);
            return byServer != 0 ? byServer : name.compareTo(other.name);
        }
    }

    private record Failure(Model model, String reason) implements Comparable<Failure> {

        @Override
        public int compareTo(Failure other) {
            int byModel = model.compareTo(other.model);
            return byModel != 0 ? byModel : reason.compareTo(other.reason);
        }
    }

    /**
     * Nothing yet.
     *
     * @param place what has these counters: a part of the usages' identity
     * @param modelOfOthers the model of counters that do not say theirs
     * @param isWhole whether all counters of the place are added: one that is missing is not there
     */
    public UsageSums(String place, String modelOfOthers, boolean isWhole) {
        this.place = place;
        this.modelOfOthers = modelOfOthers;
        this.isWhole = isWhole;
    }

    /** Adds the rise of one series; one of 0 says that there is such a counter. */
    public void add(ServerMetric metric, Series series, double rise) {
        var label = series.label("model_name");
        var named = label == null ? series.label("model") : label;
        var model = new Model(metric.server(), named == null ? modelOfOthers : named);
        var risen = BigDecimal.valueOf(rise);
        var reason = failure(metric, series);
        if (reason != null) {
            failures.merge(new Failure(model, reason), risen, BigDecimal::add);
            if (metric.meaning() == Meaning.REQUESTS) {
                // it has a counter of requests, be it that all of them failed
                addTo(model, Meaning.REQUESTS, BigDecimal.ZERO);
            }
            return;
        }
        addTo(model, metric.meaning(), risen);
    }

    private void addTo(Model model, Meaning meaning, BigDecimal risen) {
        models.computeIfAbsent(model, _ -> new EnumMap<>(Meaning.class))
                .merge(meaning, risen, BigDecimal::add);
    }

    private static @Nullable String failure(ServerMetric metric, Series series) {
        return switch (metric.meaning()) {
            case FAILED_REQUESTS -> {
                var err = series.label("err");
                yield err == null ? "failed" : err;
            }
            case REQUESTS -> {
                var reason = series.label("finished_reason");
                yield reason != null && RequestStatus.isFailedStatus(reason) ? reason : null;
            }
            default -> null;
        };
    }

    /**
     * The usages of the interval: names and values as the contract has them. What has not risen is
     * none.
     *
     * @param parts what further tells these apart from others of this place and interval
     */
    public List<Map<String, Object>> usages(Instant from, Instant to, String parts) {
        var all = new ArrayList<Map<String, Object>>();
        models.forEach(
                (model, sums) -> {
                    if (isUsage(sums)) {
                        var values = begun(model, from, to, parts);
                        setTokens(values, sums);
                        setRequests(values, sums);
                        all.add(values);
                    }
                });
        failures.forEach(
                (failure, requests) -> {
                    if (requests.signum() > 0) {
                        var values =
                                begun(failure.model(), from, to, parts + " " + failure.reason());
                        values.put(TokenUsage.ERROR_TYPE.name(), failure.reason());
                        values.put(TokenUsage.REQUESTS.name(), whole(requests));
                        all.add(values);
                    }
                });
        return all;
    }

    private boolean isUsage(Map<Meaning, BigDecimal> sums) {
        return of(sums, Meaning.PROMPT_TOKENS).signum() > 0
                || of(sums, Meaning.COMPLETION_TOKENS).signum() > 0
                || requests(sums).signum() > 0;
    }

    private Map<String, Object> begun(Model model, Instant from, Instant to, String parts) {
        var values = new LinkedHashMap<String, Object>();
        values.put(TokenUsage.TS.name(), to);
        values.put(
                TokenUsage.EVENT_ID.name(),
                model.server() + "/" + hash(place, model.name(), from, to, parts));
        values.put(TokenUsage.MODEL.name(), model.name());
        values.put(TokenUsage.SOURCE.name(), model.server());
        return values;
    }

    private static void setTokens(Map<String, Object> values, Map<Meaning, BigDecimal> sums) {
        set(values, TokenUsage.PROMPT_TOKENS, sums.get(Meaning.PROMPT_TOKENS));
        set(values, TokenUsage.COMPLETION_TOKENS, sums.get(Meaning.COMPLETION_TOKENS));
        if (!sums.containsKey(Meaning.COMPLETION_TOKENS)) {
            // a usage has tokens; those of these requests are told by others of the interval
            values.putIfAbsent(TokenUsage.PROMPT_TOKENS.name(), BigDecimal.ZERO);
        }
        var cached = sums.get(Meaning.CACHED_PROMPT_TOKENS);
        if (cached != null) {
            // counted at another moment of a request than the prompt that they are part of
            set(
                    values,
                    TokenUsage.CACHED_PROMPT_TOKENS,
                    cached.min(of(sums, Meaning.PROMPT_TOKENS)));
        }
    }

    private void setRequests(Map<String, Object> values, Map<Meaning, BigDecimal> sums) {
        var requests = requests(sums);
        values.put(TokenUsage.REQUESTS.name(), whole(requests));
        if (requests.signum() > 0) {
            setMean(
                    values,
                    TokenUsage.LATENCY_MS,
                    sums,
                    Meaning.LATENCY_SECONDS,
                    Meaning.LATENCIES);
            setMean(values, TokenUsage.TTFT_MS, sums, Meaning.TTFT_SECONDS, Meaning.TTFTS);
        }
    }

    /** Where nobody counts requests, those with a latency have ended. */
    private BigDecimal requests(Map<Meaning, BigDecimal> sums) {
        return sums.containsKey(Meaning.REQUESTS) || !isWhole
                ? of(sums, Meaning.REQUESTS)
                : of(sums, Meaning.LATENCIES);
    }

    private static void setMean(
            Map<String, Object> values,
            Field<Double> field,
            Map<Meaning, BigDecimal> sums,
            Meaning seconds,
            Meaning times) {
        var count = of(sums, times);
        if (count.signum() > 0 && sums.containsKey(seconds)) {
            values.put(
                    field.name(),
                    of(sums, seconds).multiply(MILLIS).divide(count, 6, RoundingMode.HALF_EVEN));
        }
    }

    private static void set(
            Map<String, Object> values, Field<Long> field, @Nullable BigDecimal sum) {
        if (sum != null) {
            values.put(field.name(), whole(sum));
        }
    }

    private static BigDecimal whole(BigDecimal sum) {
        return sum.setScale(0, RoundingMode.HALF_EVEN);
    }

    private static BigDecimal of(Map<Meaning, BigDecimal> sums, Meaning meaning) {
        return sums.getOrDefault(meaning, BigDecimal.ZERO);
    }

    /** The same whoever looks, and however often. */
    private static String hash(Object... parts) {
        try {
            var hash = MessageDigest.getInstance("SHA-256");
            for (var part : parts) {
                hash.update(part.toString().getBytes(UTF_8));
                hash.update((byte) 0);
            }
            return HexFormat.of().formatHex(hash.digest(), 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
