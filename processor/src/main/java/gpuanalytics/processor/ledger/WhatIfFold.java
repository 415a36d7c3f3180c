package gpuanalytics.processor.ledger;

import gpuanalytics.processor.ledger.CostSums.Part;
import gpuanalytics.processor.ledger.EntryKey.Kind;
import gpuanalytics.processor.query.QueryLimits;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Folds entries of the ledger into what they have cost and what they would have cost at an API. */
final class WhatIfFold {

    private final Grouping grouping;
    private final Rating rating;
    private final Alternatives alternatives;
    private final CostFold all;
    private final CostSums gpus;
    private final CostSums api;
    private final List<TokenCost> hosted = new ArrayList<>();

    WhatIfFold(Grouping grouping, Rating rating, QueryLimits limits, Alternatives alternatives) {
        this.grouping = grouping;
        this.rating = rating;
        this.alternatives = alternatives;
        all = new CostFold(grouping, rating, limits);
        gpus = new CostSums(grouping.query().basis());
        api = new CostSums(grouping.query().basis());
        alternatives.models().forEach(_ -> hosted.add(new TokenCost()));
    }

    /** Adds an entry if it is asked for. */
    void add(Instant hour, EntryKey key, Amounts amounts) {
        if (grouping.place(hour, key) == null) {
            return;
        }
        all.add(hour, key, amounts);
        (key.kind() == Kind.API ? api : gpus).add(key, amounts, rating);
        for (int i = 0; i < hosted.size(); i++) {
            hosted.get(i).add(Optional.of(alternatives.models().get(i).price()), amounts);
        }
    }

    /** What was spent on GPUs, not rounded; empty where nothing of it has a price. */
    Optional<BigDecimal> gpuUsd() {
        return usd(gpus);
    }

    /** What was spent at APIs, not rounded; empty where nothing of it has a price. */
    Optional<BigDecimal> apiUsd() {
        return usd(api);
    }

    /** What was spent in total, as {@link CostReport} has it; empty where nothing has a price. */
    Optional<BigDecimal> totalUsd() {
        var totals = all.totals();
        return totals.isPriced()
                ? totals.roundedParts().stream().reduce(BigDecimal::add)
                : Optional.empty();
    }

    private static Optional<BigDecimal> usd(CostSums sums) {
        var usd = BigDecimal.ZERO;
        for (var part : Part.values()) {
            usd = usd.add(sums.dollars(part));
        }
        return sums.isPriced() ? Optional.of(usd) : Optional.empty();
    }

    /** The time and the tokens of GPUs. */
    CostReport.Cost gpus() {
        return gpus.cost(gpus.roundedParts());
    }

    /** The tokens of APIs. */
    CostReport.Cost api() {
        return api.cost(api.roundedParts());
    }

    /** What all tokens cost at one of the models that are asked for. */
    TokenCost hosted(int model) {
        return hosted.get(model);
    }

    /** What must be known of the ledger. */
    CostReport.Notes notes(String priceVersion, int openHours) {
        return all.notes(priceVersion, openHours);
    }
}
