package gpuanalytics.processor.api;

import gpuanalytics.processor.query.InvalidQueryException;
import gpuanalytics.processor.query.QueryWindow;
import gpuanalytics.processor.query.Step;
import gpuanalytics.service.http.Endpoint;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The parameters of a request, checked as they are read.
 *
 * <p>Every method throws {@link InvalidQueryException} for a value that is not what was expected.
 */
final class QueryParameters {

    static final Duration DEFAULT_RANGE = Duration.ofHours(1);

    /** As long as the longest text of an event, and its number for a GPU's key. */
    private static final int MAX_VALUE_CHARS = 520;

    /** A list of a hundred values may be as long as a request line. */
    private static final int MAX_LIST_CHARS = 64 * 1024;

    private final Map<String, List<String>> values;

    /** The parameters of a request, whose names have been checked. */
    QueryParameters(Endpoint.Request request) {
        this.values = request.query();
    }

    /** The values of a parameter that takes several, see {@link ValueList}. */
    List<String> all(String name) {
        var given = values.getOrDefault(name, List.of());
        given.forEach(list -> checkLength(name, list, MAX_LIST_CHARS));
        var all = ValueList.of(name, given);
        all.forEach(value -> checkLength(name, value, MAX_VALUE_CHARS));
        return all;
    }

    /** The values of a parameter that takes several, but none that is empty. */
    List<String> texts(String name) {
        var all = all(name);
        if (all.contains("")) {
            throw new InvalidQueryException(name, "empty", "at least 1 character");
        }
        return all;
    }

    /** The value of a parameter that may be given once. */
    Optional<String> one(String name) {
        return one(name, MAX_VALUE_CHARS);
    }

    /** The same of a value that may be as long as that. */
    Optional<String> one(String name, int maxChars) {
        var all = values.getOrDefault(name, List.of());
        all.forEach(value -> checkLength(name, value, maxChars));
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
                throw new InvalidQueryException(name, TimeText.shown(value), "a whole number");
            }
        }
        return numbers;
    }

    /** The time zone of days, weeks and months, and of the times in rows: by default UTC. */
    ZoneId zone() {
        return one("tz").map(value -> TimeText.zone("tz", value)).orElse(ZoneOffset.UTC);
    }

    /**
     * The window that {@code from}, {@code to}, {@code step} and {@code tz} ask for: by default the
     * last hour.
     *
     * @param defaultStep the step where none is given
     */
    QueryWindow window(Clock clock, Step defaultStep) {
        var now = clock.instant();
        var zone = zone();
        var to = one("to").map(value -> TimeText.time("to", value, zone, now)).orElse(now);
        var from =
                one("from")
                        .map(value -> TimeText.time("from", value, zone, now))
                        .orElseGet(() -> to.minus(DEFAULT_RANGE));
        return QueryWindow.of(from, to, step(zone, defaultStep));
    }

    /** The step that is asked for. */
    Step step(ZoneId zone, Step defaultStep) {
        return one("step").map(value -> step(value, zone)).orElse(defaultStep);
    }

    private static Step step(String value, ZoneId zone) {
        return switch (value) {
            case "total" -> new Step.Total();
            case "1d" ->
                    zone.equals(ZoneOffset.UTC)
                            ? new Step.Fixed(Duration.ofDays(1))
                            : new Step.Calendar(Step.Unit.DAY, zone);
            case "1w" -> new Step.Calendar(Step.Unit.WEEK, zone);
            case "1mo" -> new Step.Calendar(Step.Unit.MONTH, zone);
            default ->
                    TimeText.length(value)
                            .filter(_ -> !value.endsWith("w"))
                            .<Step>map(Step.Fixed::new)
                            .orElseThrow(
                                    () ->
                                            new InvalidQueryException(
                                                    "step",
                                                    TimeText.shown(value),
                                                    "total or a multiple of 1m such as 15m, 1h, 7d,"
                                                            + " or a day, week or month of tz: 1d,"
                                                            + " 1w, 1mo"));
        };
    }

    /**
     * What {@code group_by} lists.
     *
     * @param known what rows can be grouped by
     * @param label the name of each in the API
     */
    <D> List<D> groupBy(List<D> known, Function<D, String> label) {
        return values.getOrDefault("group_by", List.of()).stream()
                .flatMap(list -> ValueList.of("group_by", List.of(list)).stream())
                .map(name -> named("group_by", name, known, label))
                .toList();
    }

    /** What is called so. */
    static <D> D named(String parameter, String name, List<D> known, Function<D, String> label) {
        return known.stream()
                .filter(each -> label.apply(each).equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new InvalidQueryException(
                                        parameter,
                                        TimeText.shown(name),
                                        known.stream()
                                                .map(label)
                                                .collect(
                                                        Collectors.joining(
                                                                ", ",
                                                                "some of ",
                                                                ", separated by commas"))));
    }

    private static void checkLength(String name, String value, int maxChars) {
        if (value.length() > maxChars) {
            throw new InvalidQueryException(
                    name, value, "at most %d characters".formatted(maxChars));
        }
    }
}
