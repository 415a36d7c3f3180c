package gpuanalytics.processor.ledger;

import gpuanalytics.processor.ledger.CostReport.Row;
import gpuanalytics.processor.ledger.CostSums.Part;
import gpuanalytics.processor.ledger.EntryKey.Kind;
import gpuanalytics.processor.ledger.Grouping.Place;
import gpuanalytics.processor.query.GroupValue;
import gpuanalytics.processor.query.QueryLimits;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Folds entries of the ledger into the rows of an answer, whatever order they come in. */
final class CostFold {

    private static final int MAX_NAMED = 100;

    private final Grouping grouping;
    private final Rating rating;
    private final QueryLimits limits;

    private final Map<Place, CostSums> rows = new HashMap<>();
    private final CostSums totals;
    private final Set<String> unpricedModels = new TreeSet<>();
    private final Set<String> unpricedGpus = new TreeSet<>();

    CostFold(Grouping grouping, Rating rating, QueryLimits limits) {
        this.grouping = grouping;
        this.rating = rating;
        this.limits = limits;
        this.totals = new CostSums(grouping.query().basis());
    }

    /** Adds an entry if it is asked for. */
    void add(Instant hour, EntryKey key, Amounts amounts) {
        var place = grouping.place(hour, key);
        if (place == null) {
            return;
        }
        rows.computeIfAbsent(place, _ -> newRow()).add(key, amounts, rating);
        if (!totals.add(key, amounts, rating)) {
            noteUnpriced(key);
        }
    }

    private CostSums newRow() {
        grouping.checkRoom(rows.size(), limits);
        return new CostSums(grouping.query().basis());
    }

    private void noteUnpriced(EntryKey key) {
        var model = key.kind() == Kind.API ? key.group().model() : key.gpu().model();
        var noted = key.kind() == Kind.API ? unpricedModels : unpricedGpus;
        if (model != null && noted.size() < MAX_NAMED) {
            noted.add(Objects.requireNonNullElse(GroupValue.text(model), model));
        }
    }

    /** The rows, rounded so that they add up to the totals. */
    List<Row> rows(List<BigDecimal> totalParts) {
        var ordered = new TreeMap<Place, CostSums>(Place.ORDER);
        ordered.putAll(rows);
        var sums = List.copyOf(ordered.values());
        var rounded = new ArrayList<List<BigDecimal>>();
        var whole = totalParts.iterator();
        for (var part : Part.values()) {
            rounded.add(
                    LargestRemainder.round(
                            sums.stream().map(row -> row.dollars(part)).toList(),
                            whole.next(),
                            Usd.DIGITS));
        }
        var shown = new ArrayList<Row>();
        int i = 0;
        for (var row : ordered.entrySet()) {
            int place = i++;
            var parts = rounded.stream().map(part -> part.get(place)).toList();
            shown.add(
                    new Row(
                            row.getKey().start(),
                            row.getKey().group(),
                            row.getValue().cost(parts)));
        }
        return shown;
    }

    CostSums totals() {
        return totals;
    }

    CostReport.Notes notes(String priceVersion, int openHours) {
        return new CostReport.Notes(
                grouping.query().basis(),
                priceVersion,
                openHours,
                List.copyOf(unpricedModels),
                List.copyOf(unpricedGpus),
                grouping.folded());
    }
}
