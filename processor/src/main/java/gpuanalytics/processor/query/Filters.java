package gpuanalytics.processor.query;

import java.util.List;

/** What a filter's values may be. */
final class Filters {

    static final int MAX_VALUES = 100;

    private Filters() {}

    static void check(String parameter, List<?> values) {
        if (values.size() > MAX_VALUES) {
            throw new InvalidQueryException(
                    parameter, values.size() + " values", "at most %d".formatted(MAX_VALUES));
        }
    }
}
