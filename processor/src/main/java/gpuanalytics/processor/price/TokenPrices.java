package gpuanalytics.processor.price;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What the tokens of an API model cost.
 *
 * <p>Where a class has no price of its own, its tokens cost what the provider bills them as: cached
 * input and cache writes as input, reasoning as output. Input and output have nothing to stand in
 * for them: without a price their tokens are unpriced, never free.
 *
 * @param listed USD per million tokens of the classes that the book has a price for
 * @param effectiveFrom since when
 * @param source where the prices are from
 * @param version the list that has them
 */
public record TokenPrices(
        Map<TokenClass, BigDecimal> listed, Instant effectiveFrom, String source, String version) {

    private static final int MILLION_DIGITS = 6;

    public TokenPrices {
        listed = Map.copyOf(listed);
    }

    /** USD per million tokens of a class; empty where they are unpriced. */
    public Optional<BigDecimal> usdPerMillion(TokenClass tokens) {
        var own = listed.get(tokens);
        if (own != null) {
            return Optional.of(own);
        }
        return switch (tokens) {
            case INPUT, OUTPUT -> Optional.empty();
            case CACHED_INPUT, CACHE_WRITE -> Optional.ofNullable(listed.get(TokenClass.INPUT));
            case REASONING -> Optional.ofNullable(listed.get(TokenClass.OUTPUT));
        };
    }

    /** What so many tokens of a class cost, in USD and exact; empty where they are unpriced. */
    public Optional<BigDecimal> usd(TokenClass tokens, long count) {
        return usdPerMillion(tokens)
                .map(usd -> usd.multiply(BigDecimal.valueOf(count)).movePointLeft(MILLION_DIGITS));
    }
}
