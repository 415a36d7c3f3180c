package gpuanalytics.processor.api;

import gpuanalytics.service.http.Problem;
import gpuanalytics.service.http.ProblemException;
import java.util.Map;
import java.util.Optional;

/** Who puts a list: named in its body, or in the header From. */
final class WhoPuts {

    private static final String HEADER = "from";
    private static final int MAX_CHARS = 100;

    private WhoPuts() {}

    /**
     * The name.
     *
     * @throws ProblemException where there is none
     */
    static String of(Optional<String> inBody, Map<String, String> headers) {
        var by = inBody.or(() -> Optional.ofNullable(headers.get(HEADER))).orElse("").strip();
        if (by.isEmpty() || by.length() > MAX_CHARS) {
            throw new ProblemException(
                    Problem.invalidBody(
                            "by",
                            by.isEmpty() ? "absent" : by,
                            "who puts this, in 1 to %d characters: here or in the header From"
                                    .formatted(MAX_CHARS)));
        }
        return by;
    }
}
