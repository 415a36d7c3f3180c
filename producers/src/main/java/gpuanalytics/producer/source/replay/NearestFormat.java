package gpuanalytics.producer.source.replay;

import gpuanalytics.event.EditDistance;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Says of a header that no format has which one it is nearest to, and what it lacks. */
final class NearestFormat {

    /** Names that differ by more than a third are not alike. */
    private static final double LEAST_LIKENESS = 0.66;

    /** Longer is no name of a column that is known. */
    private static final int MAX_NAME_CHARS = 64;

    private static final int MAX_COLUMNS = 200;

    private static final Pattern VALUE =
            Pattern.compile("[-+]?\\d[\\d.,:/ TZ+-]*|\\[N/A]|GPU-[0-9a-f-]+.*");

    /** A column of a format and the name in the header that is most like it. */
    private record Match(String column, String name, double likeness) {

        boolean isExact() {
            return column.equals(name);
        }
    }

    private record Candidate(TraceFormat format, List<Match> matches) {

        double likeness() {
            return matches.stream().mapToDouble(Match::likeness).average().orElse(0);
        }
    }

    private NearestFormat() {}

    /** The nearest format and why, to follow what was expected. */
    static String of(List<String> header) {
        if (!header.isEmpty() && header.stream().anyMatch(name -> VALUE.matcher(name).matches())) {
            return "its first line holds values and no names of columns";
        }
        var names = header.stream().limit(MAX_COLUMNS).toList();
        return Arrays.stream(TraceFormat.values())
                .map(format -> new Candidate(format, matches(format, names)))
                .max(Comparator.comparingDouble(Candidate::likeness))
                .filter(candidate -> candidate.likeness() > 0)
                .map(NearestFormat::described)
                .orElse("it has no column of any of these");
    }

    private static List<Match> matches(TraceFormat format, List<String> names) {
        return format.columns().stream().map(column -> match(column, names)).toList();
    }

    private static Match match(String column, List<String> names) {
        return names.stream()
                .map(name -> new Match(column, name, likeness(column, name)))
                .filter(match -> match.likeness() >= LEAST_LIKENESS)
                .max(Comparator.comparingDouble(Match::likeness))
                .orElseGet(() -> new Match(column, "", 0));
    }

    private static String described(Candidate candidate) {
        var lacks =
                candidate.matches().stream()
                        .filter(match -> !match.isExact())
                        .map(
                                match ->
                                        match.name().isEmpty()
                                                ? match.column()
                                                : "%s (it has %s)"
                                                        .formatted(match.column(), match.name()))
                        .collect(Collectors.joining(", "));
        var has =
                candidate.matches().stream()
                        .filter(Match::isExact)
                        .map(Match::column)
                        .collect(Collectors.joining(", "));
        return "nearest is %s: %s%s"
                .formatted(
                        candidate.format().title(),
                        has.isEmpty() ? "" : "it has " + has,
                        lacks.isEmpty()
                                ? " and others that do not belong to it"
                                : (has.isEmpty() ? "it lacks " : " and lacks ") + lacks);
    }

    /** 1 for the same name, 0 for nothing in common; case and punctuation count little. */
    private static double likeness(String column, String name) {
        if (column.equals(name)) {
            return 1;
        }
        if (name.length() > MAX_NAME_CHARS) {
            return 0;
        }
        var one = plain(column);
        var other = plain(name);
        int longest = Math.max(one.length(), other.length());
        return longest == 0 ? 0 : 0.99 * (1 - (double) EditDistance.between(one, other) / longest);
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
    }
}
