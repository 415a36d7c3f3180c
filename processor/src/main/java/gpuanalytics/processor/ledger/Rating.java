package gpuanalytics.processor.ledger;

import gpuanalytics.processor.ledger.EntryKey.Kind;
import gpuanalytics.processor.price.GpuPrice;
import gpuanalytics.processor.price.Market;
import gpuanalytics.processor.price.PriceBook;
import gpuanalytics.processor.price.TokenClass;
import gpuanalytics.processor.price.TokenPrices;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What entries cost by a book of prices. For one answer: it remembers what it looked up. */
final class Rating {

    private static final int MICRO_DIGITS = 6;

    private record Priced(String model, Instant from) {}

    private final PriceBook book;
    private final Market market;
    private final Map<Priced, Optional<GpuPrice>> gpus = new HashMap<>();
    private final Map<Priced, Optional<TokenPrices>> models = new HashMap<>();

    Rating(PriceBook book, Market market) {
        this.book = book;
        this.market = market;
    }

    /** The price of an hour of an entry's GPU: what its samples say, else the book's. */
    Optional<BigDecimal> usdPerHour(EntryKey key) {
        var provided = key.providedMicroUsd();
        if (provided != null) {
            return Optional.of(BigDecimal.valueOf(provided, MICRO_DIGITS));
        }
        var model = key.gpu().model();
        return model == null || key.kind() == Kind.API
                ? Optional.empty()
                : gpus.computeIfAbsent(
                                new Priced(model, key.from()),
                                priced -> book.gpu(priced.model, market, priced.from))
                        .map(GpuPrice::usdPerHour);
    }

    /** What the tokens of an entry without a GPU cost. */
    TokenCost tokens(EntryKey key, Amounts amounts) {
        var cost = new TokenCost();
        var model = key.group().model();
        var prices =
                model == null
                        ? Optional.<TokenPrices>empty()
                        : models.computeIfAbsent(
                                new Priced(model, key.from()),
                                priced -> book.tokens(priced.model, priced.from));
        long cached = amounts.get(Amount.CACHED_PROMPT_TOKENS);
        long written = amounts.get(Amount.CACHE_WRITE_TOKENS);
        long reasoning = amounts.get(Amount.REASONING_TOKENS);
        cost.addInput(
                prices,
                TokenClass.INPUT,
                Math.max(0, amounts.get(Amount.PROMPT_TOKENS) - cached - written));
        cost.addInput(prices, TokenClass.CACHED_INPUT, cached);
        cost.addInput(prices, TokenClass.CACHE_WRITE, written);
        cost.addOutput(
                prices,
                TokenClass.OUTPUT,
                Math.max(0, amounts.get(Amount.COMPLETION_TOKENS) - reasoning));
        cost.addOutput(prices, TokenClass.REASONING, reasoning);
        return cost;
    }

    /** What some tokens cost, as sums of {@link Usd}. */
    static final class TokenCost {

        private BigDecimal input = BigDecimal.ZERO;
        private BigDecimal output = BigDecimal.ZERO;
        private long pricedInput;
        private long pricedOutput;
        private long unpriced;

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
}
