package gpuanalytics.processor.ledger;

import gpuanalytics.processor.price.TokenClass;
import gpuanalytics.processor.price.TokenPrices;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** What some tokens cost at an API, as sums of {@link Usd}. For one thread. */
final class TokenCost {

    private BigDecimal input = BigDecimal.ZERO;
    private BigDecimal output = BigDecimal.ZERO;
    private long pricedInput;
    private long pricedOutput;
    private long unpriced;

    /** Adds the tokens of an entry; those that some class has no price for are unpriced. */
    void add(Optional<TokenPrices> prices, Amounts amounts) {
        byClass(amounts)
                .forEach(
                        (tokens, count) -> {
                            switch (tokens) {
                                case INPUT, CACHED_INPUT, CACHE_WRITE ->
                                        addInput(prices, tokens, count);
                                case OUTPUT, REASONING -> addOutput(prices, tokens, count);
                            }
                        });
    }

    /** How many tokens of an entry are billed as what. */
    static Map<TokenClass, Long> byClass(Amounts amounts) {
        long cached = amounts.get(Amount.CACHED_PROMPT_TOKENS);
        long written = amounts.get(Amount.CACHE_WRITE_TOKENS);
        long reasoning = amounts.get(Amount.REASONING_TOKENS);
        long read = amounts.get(Amount.PROMPT_TOKENS) - cached - written;
        var counts = new EnumMap<TokenClass, Long>(TokenClass.class);
        counts.put(TokenClass.INPUT, Math.max(0, read));
        counts.put(TokenClass.CACHED_INPUT, cached);
        counts.put(TokenClass.CACHE_WRITE, written);
        counts.put(
                TokenClass.OUTPUT, Math.max(0, amounts.get(Amount.COMPLETION_TOKENS) - reasoning));
        counts.put(TokenClass.REASONING, reasoning);
        return counts;
    }

    private void addInput(Optional<TokenPrices> prices, TokenClass tokens, long count) {
        var usd = prices.flatMap(listed -> listed.usd(tokens, count));
        input = input.add(usd.map(Usd::of).orElse(BigDecimal.ZERO));
        pricedInput += usd.isPresent() ? count : 0;
        unpriced += usd.isPresent() ? 0 : count;
    }

    private void addOutput(Optional<TokenPrices> prices, TokenClass tokens, long count) {
        var usd = prices.flatMap(listed -> listed.usd(tokens, count));
        output = output.add(usd.map(Usd::of).orElse(BigDecimal.ZERO));
        pricedOutput += usd.isPresent() ? count : 0;
        unpriced += usd.isPresent() ? 0 : count;
    }

    BigDecimal input() {
        return input;
    }

    BigDecimal output() {
        return output;
    }

    long pricedInput() {
        return pricedInput;
    }

    long pricedOutput() {
        return pricedOutput;
    }

    long unpriced() {
        return unpriced;
    }
}
