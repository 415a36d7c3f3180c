package gpuanalytics.processor.query;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Asks what was used, by group and time.
 *
 * @param window when
 * @param groupBy by what; empty for one total
 * @param filters only series whose part is one of these values; the empty text stands for a series
 *     without that part
 * @param paging which rows are shown, and in which order
 */
public record TokenQuery(
        QueryWindow window,
        List<TokenDimension> groupBy,
        Map<TokenDimension, List<String>> filters,
        Paging paging) {

    /** Asks for every row. */
    public TokenQuery(
            QueryWindow window,
            List<TokenDimension> groupBy,
            Map<TokenDimension, List<String>> filters) {
        this(window, groupBy, filters, Paging.all());
    }

    public TokenQuery {
        groupBy = List.copyOf(groupBy);
        filters = Map.copyOf(filters);
        if (new HashSet<>(groupBy).size() < groupBy.size()) {
            throw new InvalidQueryException("group_by", text(groupBy), "each name once");
        }
        filters.forEach((dimension, values) -> FilterValues.check(dimension.label(), values));
    }

    /** The same about another time. */
    TokenQuery during(QueryWindow another) {
        return new TokenQuery(another, groupBy, filters, paging);
    }

    /** Whether it groups or filters by something. */
    boolean isAbout(TokenDimension dimension) {
        return groupBy.contains(dimension) || !filters.getOrDefault(dimension, List.of()).isEmpty();
    }

    /** The groups as they are written in the API: {@code model,team}. */
    static String text(List<TokenDimension> groupBy) {
        return groupBy.stream().map(TokenDimension::label).collect(Collectors.joining(","));
    }
}
