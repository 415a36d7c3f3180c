package gpuanalytics.processor.api;

import gpuanalytics.processor.query.InvalidQueryException;
import gpuanalytics.processor.query.Paging;
import gpuanalytics.processor.query.RowKey;
import gpuanalytics.processor.query.TokenDimension;
import gpuanalytics.processor.query.TokenOrder;
import gpuanalytics.processor.query.TokenOrder.By;
import gpuanalytics.processor.query.TokenReport.Counts;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code limit} and {@code order}: how many rows a page has and which come first. */
final class PageParameters {

    static final List<String> NAMES = List.of("limit", "order", "cursor");

    private static final String TIME = "ts";

    private final Map<String, Function<Counts, @Nullable BigDecimal>> numbers =
            new LinkedHashMap<>();
    private final int maxLimit;

    /**
     * @param counts the columns that rows can be ordered by
     * @param maxLimit the most rows of a page
     */
    PageParameters(List<Column<Counts>> counts, int maxLimit) {
        this.maxLimit = maxLimit;
        for (var count : counts) {
            numbers.put(count.name(), row -> number(count.value().apply(row)));
        }
    }

    /** What a question asks for, after a row where it goes on from one. */
    Paging read(QueryParameters parameters, List<TokenDimension> groupBy, @Nullable RowKey after) {
        var limit = parameters.one("limit").map(this::limit).orElse(null);
        if (after != null && limit == null) {
            throw new InvalidQueryException("limit", "absent", "a number of rows beside cursor");
        }
        var order =
                parameters
                        .one("order")
                        .map(value -> order(value, groupBy))
                        .orElse(TokenOrder.byTime());
        return new Paging(limit, order, after);
    }

    private int limit(String value) {
        try {
            int limit = Integer.parseInt(value);
            if (limit >= 1 && limit <= maxLimit) {
                return limit;
            }
        } catch (NumberFormatException _) {
            // told below
        }
        throw new InvalidQueryException(
                "limit", TimeText.shown(value), "a whole number from 1 to %d".formatted(maxLimit));
    }

    /** {@code requests}, {@code requests:asc}: of numbers the largest first where not said. */
    private TokenOrder order(String value, List<TokenDimension> groupBy) {
        int colon = value.lastIndexOf(':');
        var name = colon < 0 ? value : value.substring(0, colon);
        var by = by(name, groupBy);
        if (by == null) {
            throw new InvalidQueryException("order", TimeText.shown(value), expected(groupBy));
        }
        if (colon < 0) {
            return new TokenOrder(by, by instanceof By.Count);
        }
        return switch (value.substring(colon + 1)) {
            case "asc" -> new TokenOrder(by, false);
            case "desc" -> new TokenOrder(by, true);
            default -> throw new InvalidQueryException("order", value, expected(groupBy));
        };
    }

    private @Nullable By by(String name, List<TokenDimension> groupBy) {
        if (name.equals(TIME)) {
            return new By.Time();
        }
        for (int i = 0; i < groupBy.size(); i++) {
            if (groupBy.get(i).label().equals(name)) {
                return new By.Label(i);
            }
        }
        var number = numbers.get(name.replace("_ms_", "_ms."));
        return number == null ? null : new By.Count(number);
    }

    private String expected(List<TokenDimension> groupBy) {
        var names = new ArrayList<String>();
        names.add(TIME);
        groupBy.forEach(dimension -> names.add(dimension.label()));
        names.addAll(numbers.keySet());
        return "one of %s, with :asc or :desc behind it (a label must be in group_by)"
                .formatted(String.join(", ", names));
    }

    private static @Nullable BigDecimal number(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Long whole -> BigDecimal.valueOf(whole);
            case Double decimal -> BigDecimal.valueOf(decimal);
            default -> throw new IllegalStateException("ordered by a " + value.getClass());
        };
    }
}
