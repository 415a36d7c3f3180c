package gpuanalytics.processor.ledger;

import gpuanalytics.processor.price.GpuPrice;
import gpuanalytics.processor.price.Market;
import gpuanalytics.processor.price.PriceBook;
import gpuanalytics.processor.price.TokenPrices;
import gpuanalytics.processor.query.InvalidQueryException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The other prices that are asked for, as the book has them.
 *
 * @param gpu the price of another GPU model
 * @param models those of API models
 */
record Alternatives(Optional<Priced<GpuPrice>> gpu, List<Priced<TokenPrices>> models) {

    /**
     * A model of the book and its price.
     *
     * @param model as the book calls it
     */
    record Priced<P>(String model, P price) {}

    /**
     * Looks them up.
     *
     * @throws InvalidQueryException for a name that has no price then; it names the known one that
     *     is most like it
     */
    static Alternatives of(WhatIfQuery query, PriceBook book, Market market) {
        var at = query.pricesAt();
        var models = new ArrayList<Priced<TokenPrices>>();
        for (var name : query.models()) {
            models.add(tokens(name, book, at));
        }
        return new Alternatives(
                query.fleet().flatMap(fleet -> gpu(fleet, book, market, at)), models);
    }

    private static Priced<TokenPrices> tokens(String name, PriceBook book, Instant at) {
        var model = book.model(name);
        var price = book.tokens(name, at);
        if (model.isEmpty() || price.isEmpty()) {
            throw unknown(
                    WhatIfQuery.MODEL,
                    name,
                    "an API model with a price at %s".formatted(at),
                    model.isPresent() ? Optional.empty() : book.nearestModel(name));
        }
        return new Priced<>(model.get(), price.get());
    }

    /** With a price of the question's own a name need not be known. */
    private static Optional<Priced<GpuPrice>> gpu(
            WhatIfQuery.Fleet fleet, PriceBook book, Market market, Instant at) {
        return fleet.gpuModel()
                .map(
                        name ->
                                fleet.usdPerHour()
                                        .map(GpuPrice::provided)
                                        .map(
                                                price ->
                                                        new Priced<>(
                                                                book.gpuModel(name).orElse(name),
                                                                price))
                                        .orElseGet(() -> gpu(name, book, market, at)));
    }

    /** A GPU that is in no list has no price here, whatever stands in for want of another. */
    private static Priced<GpuPrice> gpu(String name, PriceBook book, Market market, Instant at) {
        var model = book.gpuModel(name);
        var price = book.gpu(name, market, at).filter(found -> !found.isFallback());
        if (model.isEmpty() || price.isEmpty()) {
            throw unknown(
                    WhatIfQuery.GPU_MODEL,
                    name,
                    "a GPU model with a price (%s) at %s"
                            .formatted(market.name().toLowerCase(Locale.ROOT), at),
                    model.isPresent() ? Optional.empty() : book.nearestGpu(name));
        }
        return new Priced<>(model.get(), price.get());
    }

    private static InvalidQueryException unknown(
            String parameter, String name, String expected, Optional<String> nearest) {
        return new InvalidQueryException(
                parameter,
                name,
                "%s%s; GET /prices lists them"
                        .formatted(expected, nearest.map(" such as %s"::formatted).orElse("")));
    }
}
