package gpuanalytics.processor.query;

import java.util.List;

/** What a filter's values may be. */
final class FilterValues {

    static final int MAX_COUNT = 100;

    private FilterValues() {}

    static void check(String parameter, List<?> values) {
        if (values.size() > MAX_COUNT) {
            throw new InvalidQueryException(
                    parameter, values.size() + " values", "at most %d".formatted(MAX_COUNT));
        }
    }
}
