package gpuanalytics.bench.question;

import com.mongodb.ConnectionString;
import java.util.List;
import java.util.Optional;

/**
 * What {@code make bench-questions} was told.
 *
 * @param url a store; empty for an embedded one of its own
 * @param events how many events the rollups are of, one measurement each
 */
record QuestionOptions(Optional<String> url, List<Long> events) {

    static final String HELP =
            """
            usage: make bench-questions ARGS='[--url URL] [EVENTS …]'

              --url   a store, whose database "bench" is emptied; by default an embedded one of its own
              EVENTS  how many events the rollups are of; by default 100000 1000000 10000000
            """;

    private static final List<Long> USUAL = List.of(100_000L, 1_000_000L, 10_000_000L);

    /**
     * Reads arguments.
     *
     * @throws IllegalArgumentException in one line that names what is wrong
     */
    static QuestionOptions parse(List<String> arguments) {
        boolean hasUrl = !arguments.isEmpty() && arguments.getFirst().equals("--url");
        if (hasUrl && arguments.size() == 1) {
            throw new IllegalArgumentException("--url is empty, expected a store's mongodb://…");
        }
        if (hasUrl) {
            requireAddress(arguments.get(1));
        }
        var numbers = arguments.subList(hasUrl ? 2 : 0, arguments.size());
        for (var number : numbers) {
            if (!number.matches("[1-9][0-9]{0,9}")) {
                throw new IllegalArgumentException(
                        "EVENTS is %s, expected a number from 1 to 9999999999, or --url URL before them"
                                .formatted(number));
            }
        }
        return new QuestionOptions(
                hasUrl ? Optional.of(arguments.get(1)) : Optional.empty(),
                numbers.isEmpty() ? USUAL : numbers.stream().map(Long::valueOf).toList());
    }

    /** The address itself may hold a password. */
    private static void requireAddress(String url) {
        try {
            var _ = new ConnectionString(url);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "--url is no address of a store, expected mongodb://…: " + e.getMessage(), e);
        }
    }
}
