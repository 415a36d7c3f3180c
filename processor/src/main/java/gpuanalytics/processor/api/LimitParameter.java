package gpuanalytics.processor.api;

import gpuanalytics.processor.query.InvalidQueryException;

/** How many rows a list of the latest may have. */
final class LimitParameter {

    private static final long DEFAULT = 100;

    private LimitParameter() {}

    /** The parameter {@code limit}, from 1 to so many. */
    static int of(QueryParameters parameters, int most) {
        var given = parameters.integers("limit");
        long limit = given.isEmpty() ? DEFAULT : given.getFirst();
        if (given.size() > 1 || limit < 1 || limit > most) {
            throw new InvalidQueryException(
                    "limit", String.valueOf(given), "one number from 1 to " + most);
        }
        return (int) limit;
    }
}
