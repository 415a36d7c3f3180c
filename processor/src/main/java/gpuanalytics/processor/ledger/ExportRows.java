package gpuanalytics.processor.ledger;

import gpuanalytics.processor.ledger.Charge.Meter;
import gpuanalytics.processor.ledger.CostSums.Part;
import gpuanalytics.processor.ledger.EntryKey.Kind;
import gpuanalytics.processor.ledger.LedgerExport.Sink;
import gpuanalytics.processor.price.TokenClass;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes rows of an export of the entries of one step after the other. */
final class ExportRows {

    private static final int MILLION_DIGITS = 6;

    /**
     * An entry in a step of time.
     *
     * @param start its start
     * @param end its end
     */
    record Entry(Instant start, Instant end, EntryKey key, Amounts amounts) {

        private List<@Nullable String> group() {
            var group = new ArrayList<@Nullable String>();
            for (var dimension : CostDimension.values()) {
                group.add(dimension.value(key));
            }
            return group;
        }
    }

    /** Makes the rows of an entry. */
    interface Maker<R> {

        /**
         * Hands over the rows.
         *
         * @param usd rounds the money of all rows of the export
         */
        void make(Entry entry, Rating rating, ExactRounding usd, Sink<R> sink) throws IOException;
    }

    private ExportRows() {}

    /** Makes a line of each entry. */
    static Maker<LedgerLine> lines(Basis basis) {
        return (entry, rating, usd, sink) -> {
            var sums = new CostSums(basis);
            sums.add(entry.key, entry.amounts, rating);
            var parts = new ArrayList<BigDecimal>();
            for (var part : Part.values()) {
                parts.add(usd.next(sums.money(part)));
            }
            sink.accept(
                    new LedgerLine(
                            entry.start,
                            entry.end,
                            entry.key.kind().name().toLowerCase(Locale.ROOT),
                            entry.key.from(),
                            rating.usdPerHour(entry.key).orElse(null),
                            entry.group(),
                            sums.cost(parts)));
        };
    }

    /** Makes a charge of each thing that an entry has and that has a price. */
    static Maker<Charge> charges(Basis basis) {
        return (entry, rating, usd, sink) -> {
            var all =
                    entry.key.kind() == Kind.API
                            ? tokens(entry, rating)
                            : time(entry, basis, rating);
            for (var counted : all) {
                if (counted.quantity > 0) {
                    sink.accept(charge(entry, counted, usd));
                }
            }
        };
    }

    private static List<Counted> tokens(Entry entry, Rating rating) {
        var prices = rating.tokenPrices(entry.key);
        var all = new ArrayList<Counted>();
        TokenCost.byClass(entry.amounts)
                .forEach(
                        (tokens, count) ->
                                prices.flatMap(listed -> listed.usdPerMillion(tokens))
                                        .ifPresent(
                                                usd ->
                                                        all.add(
                                                                new Counted(
                                                                        meter(tokens),
                                                                        count,
                                                                        usd))));
        return all;
    }

    /** Tokens of a GPU are charged as its time; they are told of, and cost nothing more. */
    private static List<Counted> time(Entry entry, Basis basis, Rating rating) {
        var price = rating.usdPerHour(entry.key);
        if (price.isEmpty()) {
            return List.of();
        }
        var usd = price.get();
        var of = entry.amounts;
        return List.of(
                new Counted(Meter.GPU_INPUT, of.get(Amount.input(basis)), usd),
                new Counted(Meter.GPU_OUTPUT, of.get(Amount.output(basis)), usd),
                new Counted(Meter.GPU_IDLE, of.get(Amount.idle(basis)), usd),
                new Counted(Meter.GPU_UNKNOWN, CostSums.unknownUs(of, basis), usd),
                new Counted(Meter.OWN_INPUT, of.get(Amount.PROMPT_TOKENS), BigDecimal.ZERO),
                new Counted(Meter.OWN_OUTPUT, of.get(Amount.COMPLETION_TOKENS), BigDecimal.ZERO));
    }

    private static Meter meter(TokenClass tokens) {
        return switch (tokens) {
            case INPUT -> Meter.API_INPUT;
            case CACHED_INPUT -> Meter.API_CACHED_INPUT;
            case CACHE_WRITE -> Meter.API_CACHE_WRITE;
            case OUTPUT -> Meter.API_OUTPUT;
            case REASONING -> Meter.API_REASONING;
        };
    }

    private record Counted(Meter meter, long quantity, BigDecimal unitUsd) {

        /** As a sum of {@link Usd}. */
        BigDecimal money() {
            return meter.isTime()
                    ? Usd.time(quantity, unitUsd)
                    : Usd.of(unitUsd.multiply(BigDecimal.valueOf(quantity, MILLION_DIGITS)));
        }
    }

    private static Charge charge(Entry entry, Counted counted, ExactRounding usd) {
        return new Charge(
                entry.start,
                entry.end,
                entry.group(),
                counted.meter,
                counted.quantity,
                counted.unitUsd,
                entry.key.providedMicroUsd() != null,
                usd.next(counted.money()));
    }
}
