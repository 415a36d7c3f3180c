package gpuanalytics.processor.ledger;

import gpuanalytics.processor.ledger.EntryKey.Kind;
import gpuanalytics.processor.price.GpuPrice;
import gpuanalytics.processor.price.Market;
import gpuanalytics.processor.price.PriceBook;
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

    /** The prices of the tokens of an entry without a GPU. */
    Optional<TokenPrices> tokenPrices(EntryKey key) {
        var model = key.group().model();
        return model == null
                ? Optional.empty()
                : models.computeIfAbsent(
                        new Priced(model, key.from()),
                        priced -> book.tokens(priced.model, priced.from));
    }

    /** What the tokens of an entry without a GPU cost. */
    TokenCost tokens(EntryKey key, Amounts amounts) {
        var cost = new TokenCost();
        cost.add(tokenPrices(key), amounts);
        return cost;
    }
}
