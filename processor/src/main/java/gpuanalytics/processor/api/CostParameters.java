package gpuanalytics.processor.api;

import gpuanalytics.processor.ledger.Basis;
import gpuanalytics.processor.ledger.CostDimension;
import gpuanalytics.processor.ledger.CostQuery;
import gpuanalytics.processor.query.Step;
import java.time.Clock;
import java.util.EnumMap;
import java.util.List;
import java.util.stream.Stream;

/** The parameters of the questions about money. */
final class CostParameters {

    /** What a question is about. */
    static final List<String> WHAT =
            Stream.concat(
                            Stream.of("from", "to", "tz", "basis", "format"),
                            Stream.of(CostDimension.values()).map(CostDimension::label))
                    .toList();

    /** The same in rows. */
    static final List<String> ROWS =
            Stream.concat(WHAT.stream(), Stream.of("step", "group_by")).toList();

    private CostParameters() {}

    /** Reads a question. */
    static CostQuery read(QueryParameters parameters, Clock clock) {
        return read(parameters, clock, new Step.Total());
    }

    /** The same with another step where none is given. */
    static CostQuery read(QueryParameters parameters, Clock clock, Step defaultStep) {
        var filters = new EnumMap<CostDimension, List<String>>(CostDimension.class);
        for (var dimension : CostDimension.values()) {
            var values = parameters.all(dimension.label());
            if (!values.isEmpty()) {
                filters.put(dimension, values);
            }
        }
        return new CostQuery(
                parameters.window(clock, defaultStep),
                parameters.groupBy(List.of(CostDimension.values()), CostDimension::label),
                filters,
                parameters
                        .one("basis")
                        .map(
                                name ->
                                        QueryParameters.named(
                                                "basis",
                                                name,
                                                List.of(Basis.values()),
                                                Basis::label))
                        .orElse(Basis.ALLOCATION));
    }
}
