package gpuanalytics.processor.ledger;

import gpuanalytics.processor.query.InvalidQueryException;
import gpuanalytics.processor.query.QueryWindow;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Asks what was spent.
 *
 * @param window when; answered in whole hours
 * @param groupBy what the rows are grouped by
 * @param filters the values that a dimension may have, by dimension; empty text for none
 * @param basis which part of a GPU's time goes to those who used it
 */
public record CostQuery(
        QueryWindow window,
        List<CostDimension> groupBy,
        Map<CostDimension, List<String>> filters,
        Basis basis) {

    private static final int MAX_VALUES = 100;

    public CostQuery {
        groupBy = List.copyOf(groupBy);
        filters = Map.copyOf(filters);
        if (new HashSet<>(groupBy).size() < groupBy.size()) {
            throw new InvalidQueryException("group_by", text(groupBy), "each name once");
        }
        filters.forEach(
                (dimension, values) -> {
                    if (values.size() > MAX_VALUES) {
                        throw new InvalidQueryException(
                                dimension.label(),
                                values.size() + " values",
                                "at most %d".formatted(MAX_VALUES));
                    }
                });
    }

    /** The groups as they are written in the API: {@code model,team}. */
    static String text(List<CostDimension> groupBy) {
        return groupBy.stream().map(CostDimension::label).collect(Collectors.joining(","));
    }

    /** Whether it can only be answered by GPU. */
    boolean isByGpu() {
        return Stream.concat(groupBy.stream(), filteredBy().stream())
                .anyMatch(CostDimension::isOfOneGpu);
    }

    private Set<CostDimension> filteredBy() {
        return filters.keySet();
    }
}
