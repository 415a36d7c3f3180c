package gpuanalytics.processor.api;

import gpuanalytics.processor.query.InvalidQueryException;
import gpuanalytics.processor.query.QueryWindow;
import gpuanalytics.processor.query.TokenDimension;
import gpuanalytics.service.http.Endpoint;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a request, checked as they are read.
 *
 * <p>Every method throws {@link InvalidQueryException} for a value that is not what was expected.
 */
final class QueryParameters {

    static final Duration DEFAULT_RANGE = Duration.ofHours(1);

    /** As long as the longest text of an event, and its number for a GPU's key. */
    private static final int MAX_VALUE_CHARS = 520;

    private static final Pattern STEP = Pattern.compile("(\\d{1,6})([smhd])");
    private static final String TIME =
            "an ISO 8601 time with its zone such as 2026-01-31T12:00:00Z (a + is written %2B),"
                    + " or a date";

    private final Map<String, List<String>> values;

    /** The parameters of a request, whose names have been checked. */
    QueryParameters(Endpoint.Request request) {
        this.values = request.query();
    }

    /** The values of a parameter that may be given more than once. */
    List<String> all(String name) {
        var all = values.getOrDefault(name, List.of());
        for (var value : all) {
            if (value.length() > MAX_VALUE_CHARS) {
                throw new InvalidQueryException(
                        name, value, "at most %d characters".formatted(MAX_VALUE_CHARS));
            }
        }
        return all;
    }

    /** The values of a parameter that may be given more than once, but not empty. */
    List<String> texts(String name) {
        var all = all(name);
        if (all.contains("")) {
            throw new InvalidQueryException(name, "empty", "at least 1 character");
        }
        return all;
    }

    /** The value of a parameter that may be given once. */
    Optional<String> one(String name) {
        var all = all(name);
        if (all.size() > 1) {
            throw new InvalidQueryException(name, String.join(" and ", all), "one value");
        }
        return all.stream().findFirst();
    }

    /** The values of a parameter that are whole numbers. */
    List<Long> integers(String name) {
        var numbers = new ArrayList<Long>();
        for (var value : all(name)) {
            try {
                numbers.add(Long.parseLong(value));
            } catch (NumberFormatException _) {
                throw new InvalidQueryException(name, value, "a whole number");
            }
        }
        return numbers;
    }

    /**
     * The window that {@code from}, {@code to} and {@code step} ask for: by default the last hour.
     *
     * @param defaultStep the step where none is given; null for one total
     */
    QueryWindow window(Clock clock, @Nullable Duration defaultStep) {
        var to = time("to").orElseGet(clock::instant);
        var from = time("from").orElseGet(() -> to.minus(DEFAULT_RANGE));
        return QueryWindow.covering(from, to, step(defaultStep));
    }

    /** What {@code group_by} lists, separated by commas or given more than once. */
    List<TokenDimension> groupBy() {
        return all("group_by").stream()
                .flatMap(value -> Arrays.stream(value.split(",", -1)))
                .map(QueryParameters::dimension)
                .toList();
    }

    private static TokenDimension dimension(String label) {
        return Stream.of(TokenDimension.values())
                .filter(dimension -> dimension.label().equals(label))
                .findFirst()
                .orElseThrow(
                        () -> new InvalidQueryException("group_by", shown(label), dimensions()));
    }

    private static String dimensions() {
        return Stream.of(TokenDimension.values())
                .map(TokenDimension::label)
                .collect(Collectors.joining(", ", "some of ", ""));
    }

    private Optional<Instant> time(String name) {
        return one(name).map(value -> time(name, value));
    }

    private static Instant time(String name, String value) {
        try {
            return value.contains("T")
                    ? OffsetDateTime.parse(value).toInstant()
                    : LocalDate.parse(value).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeParseException _) {
            throw new InvalidQueryException(name, shown(value), TIME);
        }
    }

    private @Nullable Duration step(@Nullable Duration defaultStep) {
        var given = one("step");
        if (given.isEmpty()) {
            return defaultStep;
        }
        return given.get().equals("total") ? null : duration(given.get());
    }

    private static Duration duration(String value) {
        var parts = STEP.matcher(value);
        if (!parts.matches()) {
            throw new InvalidQueryException(
                    "step", shown(value), "total or a multiple of 1m such as 15m, 1h, 1d");
        }
        long count = Long.parseLong(parts.group(1));
        return switch (parts.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            case "d" -> Duration.ofDays(count);
            case String unit -> throw new IllegalStateException(unit);
        };
    }

    private static String shown(String value) {
        return value.isEmpty() ? "empty" : value;
    }
}
