package gpuanalytics.processor.ledger;

import gpuanalytics.processor.price.TokenClass;
import gpuanalytics.processor.price.TokenPrices;
import java.math.BigDecimal;
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
        long cached = amounts.get(Amount.CACHED_PROMPT_TOKENS);
        long written = amounts.get(Amount.CACHE_WRITE_TOKENS);
        long reasoning = amounts.get(Amount.REASONING_TOKENS);
        addInput(
                prices,
                TokenClass.INPUT,
                Math.max(0, amounts.get(Amount.PROMPT_TOKENS) - cached - written));
        addInput(prices, TokenClass.CACHED_INPUT, cached);
        addInput(prices, TokenClass.CACHE_WRITE, written);
        addOutput(
                prices,
                TokenClass.OUTPUT,
                Math.max(0, amounts.get(Amount.COMPLETION_TOKENS) - reasoning));
        addOutput(prices, TokenClass.REASONING, reasoning);
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
