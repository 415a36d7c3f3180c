package gpuanalytics.processor.budget;

import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.config.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * How budgets are watched.
 *
 * @param interval how often spending is compared with them; zero for never
 * @param most how many budgets there may be
 * @param maxBytes how large a body may be
 * @param webhook who is told of thresholds, beside the log
 */
public record BudgetConfig(Duration interval, int most, int maxBytes, Optional<Hook> webhook) {

    private static final String URL = "BUDGET_WEBHOOK_URL";
    private static final String SECRET = "BUDGET_WEBHOOK_SECRET";
    private static final long MIB = 1 << 20;
    private static final int MAX_PORT = 65_535;

    /**
     * Where thresholds are told.
     *
     * @param url may hold a password
     * @param secret what the messages are signed with
     * @param attempts how often one is sent before it is given up
     * @param timeout how long an answer may take
     */
    public record Hook(Secret url, Secret secret, int attempts, Duration timeout) {}

    /** Reads the variables; what is wrong with them is in the reader afterwards. */
    public static BudgetConfig read(EnvironmentReader reader) {
        return new BudgetConfig(
                reader.duration(
                        "BUDGETS_INTERVAL_S",
                        ChronoUnit.SECONDS,
                        60,
                        0,
                        86_400,
                        "How often spending is compared with the budgets; 0 for never"),
                reader.integer("BUDGETS_MAX", 100, 1, 10_000, "How many budgets there may be"),
                (int)
                        reader.bytes(
                                "BUDGETS_MAX_BYTES",
                                MIB / 4,
                                1024,
                                8 * MIB,
                                "How large the body of PUT /budgets may be"),
                hook(reader));
    }

    private static Optional<Hook> hook(EnvironmentReader reader) {
        var url = reader.secret(URL, "Who is told of thresholds by POST, http or https");
        var secret = reader.secret(SECRET, "What messages to BUDGET_WEBHOOK_URL are signed with");
        int attempts =
                reader.integer(
                        "BUDGET_WEBHOOK_ATTEMPTS",
                        10,
                        1,
                        100,
                        "How often a message is sent before it is given up");
        var timeout =
                reader.duration(
                        "BUDGET_WEBHOOK_TIMEOUT_MS",
                        ChronoUnit.MILLIS,
                        10_000,
                        1,
                        60_000,
                        "How long an answer to a message may take, in ms");
        if (url.isPresent() != secret.isPresent()) {
            reader.error(
                    "%s and %s: one of them is set, expected both or neither"
                            .formatted(URL, SECRET));
            return Optional.empty();
        }
        if (url.isPresent() && !isHttp(url.get())) {
            reader.error(
                    "%s (not shown) is not a URL, expected http://… or https://…".formatted(URL));
            return Optional.empty();
        }
        return url.map(where -> new Hook(where, secret.orElseThrow(), attempts, timeout));
    }

    private static boolean isHttp(Secret url) {
        try {
            var uri = new URI(url.reveal());
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getPort() <= MAX_PORT;
        } catch (URISyntaxException ignored) {
            return false; // its message would show the URL
        }
    }
}
