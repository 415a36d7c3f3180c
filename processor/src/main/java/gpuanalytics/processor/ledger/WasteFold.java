package gpuanalytics.processor.ledger;

import gpuanalytics.processor.ledger.EntryKey.Kind;
import gpuanalytics.processor.ledger.Grouping.Place;
import gpuanalytics.processor.ledger.WasteReport.Row;
import gpuanalytics.processor.ledger.WasteReport.Wasted;
import gpuanalytics.processor.query.QueryLimits;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Folds entries of the ledger into wasted time by owner. */
final class WasteFold {

    private static final double MICRO = 1e6;
    private static final int MAX_NAMED = 100;

    /** Time and money of each kind; money is a sum of {@link Usd}. */
    private static final class Sums {
        private final Map<WasteReport.Kind, Long> us = new EnumMap<>(WasteReport.Kind.class);
        private final Map<WasteReport.Kind, BigDecimal> money =
                new EnumMap<>(WasteReport.Kind.class);

        /** Returns whether it has a price. */
        boolean add(EntryKey key, Amounts amounts, Rating rating) {
            var price = rating.usdPerHour(key);
            for (var kind : WasteReport.Kind.values()) {
                long wasted = kind.us(amounts);
                us.merge(kind, wasted, Long::sum);
                price.ifPresent(usd -> money.merge(kind, Usd.time(wasted, usd), BigDecimal::add));
            }
            return price.isPresent();
        }

        boolean isNothing() {
            return us.values().stream().allMatch(sum -> sum == 0);
        }

        BigDecimal dollars(WasteReport.Kind kind) {
            return Usd.dollars(money.getOrDefault(kind, BigDecimal.ZERO));
        }

        Wasted wasted(WasteReport.Kind kind, BigDecimal rounded) {
            return new Wasted(
                    us.getOrDefault(kind, 0L) / MICRO, money.containsKey(kind) ? rounded : null);
        }
    }

    private final Grouping grouping;
    private final Rating rating;
    private final QueryLimits limits;
    private final TreeMap<Place, Sums> rows = new TreeMap<>(Place.ORDER);
    private final Sums totals = new Sums();
    private final TreeSet<String> unpricedGpus = new TreeSet<>();

    WasteFold(Grouping grouping, Rating rating, QueryLimits limits) {
        this.grouping = grouping;
        this.rating = rating;
        this.limits = limits;
    }

    /** Adds an entry if it is of idle time and asked for. */
    void add(Instant hour, EntryKey key, Amounts amounts) {
        var place = key.kind() == Kind.OWNED ? grouping.place(hour, key) : null;
        if (place == null) {
            return;
        }
        rows.computeIfAbsent(
                        place,
                        _ -> {
                            grouping.checkRoom(rows.size(), limits);
                            return new Sums();
                        })
                .add(key, amounts, rating);
        var model = key.gpu().model();
        if (!totals.add(key, amounts, rating) && model != null && unpricedGpus.size() < MAX_NAMED) {
            unpricedGpus.add(model);
        }
    }

    /** The rows that have any; each kind adds up to its total, to the micro-dollar. */
    List<Row> rows() {
        rows.values().removeIf(Sums::isNothing);
        var sums = List.copyOf(rows.values());
        var rounded = new EnumMap<WasteReport.Kind, List<BigDecimal>>(WasteReport.Kind.class);
        for (var kind : WasteReport.Kind.values()) {
            rounded.put(
                    kind,
                    LargestRemainder.round(
                            sums.stream().map(row -> row.dollars(kind)).toList(),
                            rounded(totals, kind),
                            Usd.DIGITS));
        }
        var shown = new ArrayList<Row>();
        int i = 0;
        for (var row : rows.entrySet()) {
            int place = i++;
            var wasted = new EnumMap<WasteReport.Kind, Wasted>(WasteReport.Kind.class);
            rounded.forEach(
                    (kind, usd) -> wasted.put(kind, row.getValue().wasted(kind, usd.get(place))));
            shown.add(new Row(row.getKey().start(), row.getKey().group(), wasted));
        }
        return shown;
    }

    Map<WasteReport.Kind, Wasted> totals() {
        var wasted = new EnumMap<WasteReport.Kind, Wasted>(WasteReport.Kind.class);
        for (var kind : WasteReport.Kind.values()) {
            wasted.put(kind, totals.wasted(kind, rounded(totals, kind)));
        }
        return wasted;
    }

    private static BigDecimal rounded(Sums sums, WasteReport.Kind kind) {
        return Usd.rounded(sums.money.getOrDefault(kind, BigDecimal.ZERO));
    }

    CostReport.Notes notes(String priceVersion, int openHours) {
        return new CostReport.Notes(
                grouping.query().basis(),
                priceVersion,
                openHours,
                List.of(),
                List.copyOf(unpricedGpus),
                grouping.folded());
    }
}
