package gpuanalytics.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What everything stored has cost; what has no price, or no reading, is absent.
 *
 * @param dollars in dollars
 * @param usdPerHour what the GPUs cost that are there now
 * @param idleShare of the money
 * @param joulesPerToken of GPUs that tell of their energy
 * @param usdPerMillionTokens by model
 * @param unpricedTokens tokens that cost something and nobody knows what
 * @param unpricedGpuHours time of GPUs without a price
 */
record Bill(
        Optional<Dollars> dollars,
        OptionalDouble usdPerHour,
        OptionalDouble idleShare,
        OptionalDouble joulesPerToken,
        Map<String, BigDecimal> usdPerMillionTokens,
        long unpricedTokens,
        double unpricedGpuHours) {

    private static final double SECONDS_PER_HOUR = 3600;

    /** Nothing is known. */
    static final Bill NONE =
            new Bill(
                    Optional.empty(),
                    OptionalDouble.empty(),
                    OptionalDouble.empty(),
                    OptionalDouble.empty(),
                    Map.of(),
                    0,
                    0);

    /** To the micro-dollar; the three are the total. */
    record Dollars(BigDecimal attributed, BigDecimal idle, BigDecimal unknown, BigDecimal total) {}

    /**
     * Reads an answer of {@code /costs} by model.
     *
     * @param gpus how many GPUs there are now
     */
    static Bill read(JsonNode answer, int gpus) {
        var totals = answer.path("totals");
        var perMillion = new HashMap<String, BigDecimal>();
        for (var row : answer.path("rows")) {
            var usd = row.path("usd_per_million_tokens");
            if (usd.isNumber() && row.path("model").isTextual()) {
                perMillion.put(row.path("model").asText(), usd.decimalValue());
            }
        }
        var dollars = dollars(totals.path("usd"));
        return new Bill(
                dollars,
                usdPerHour(totals, gpus),
                dollars.filter(usd -> usd.total.signum() > 0)
                        .map(usd -> usd.idle.doubleValue() / usd.total.doubleValue())
                        .map(OptionalDouble::of)
                        .orElse(OptionalDouble.empty()),
                number(totals.path("joules_per_token")),
                perMillion,
                totals.path("unpriced_tokens").asLong(),
                totals.at("/gpu_s/unpriced").asDouble() / SECONDS_PER_HOUR);
    }

    private static Optional<Dollars> dollars(JsonNode usd) {
        return usd.path("total").isNumber()
                ? Optional.of(
                        new Dollars(
                                usd.path("attributed").decimalValue(),
                                usd.path("idle").decimalValue(),
                                usd.path("unknown").decimalValue(),
                                usd.path("total").decimalValue()))
                : Optional.empty();
    }

    /** The mean price of the time that has one, for all GPUs there are. */
    private static OptionalDouble usdPerHour(JsonNode totals, int gpus) {
        var time = totals.path("gpu_s");
        double priced =
                time.path("attributed").asDouble()
                        + time.path("idle").asDouble()
                        + time.path("unknown").asDouble()
                        - time.path("unpriced").asDouble();
        var usd = totals.at("/usd/total");
        return usd.isNumber() && priced > 0
                ? OptionalDouble.of(usd.asDouble() / priced * SECONDS_PER_HOUR * gpus)
                : OptionalDouble.empty();
    }

    private static OptionalDouble number(JsonNode node) {
        return node.isNumber() ? OptionalDouble.of(node.asDouble()) : OptionalDouble.empty();
    }

    /** In one line, as it is printed at the end. */
    @Override
    public String toString() {
        var text =
                dollars.map(
                                usd ->
                                        "bill: %s USD attributed + %s idle + %s unknown = %s USD"
                                                .formatted(
                                                        usd.attributed.toPlainString(),
                                                        usd.idle.toPlainString(),
                                                        usd.unknown.toPlainString(),
                                                        usd.total.toPlainString()))
                        .orElse("bill: nothing has a price");
        return text
                + (unpricedTokens > 0 ? ", %,d tokens unpriced".formatted(unpricedTokens) : "")
                + (unpricedGpuHours > 0
                        ? String.format(Locale.ROOT, ", %,.2f GPU-hours unpriced", unpricedGpuHours)
                        : "");
    }
}
