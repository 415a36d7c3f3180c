package gpuanalytics.processor.query;

import gpuanalytics.processor.query.TokenReport.Counts;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * In which order rows come; those that are equal by it come by time, then by group. What is absent
 * comes last, whatever the direction.
 *
 * @param by what is compared
 * @param descending whether the largest comes first
 */
public record TokenOrder(By by, boolean descending) {

    private static final Comparator<@Nullable String> TEXT =
            Comparator.nullsLast(Comparator.<String>naturalOrder());

    /** What is compared. */
    public sealed interface By {

        /** The start of the row's step. */
        record Time() implements By {}

        /**
         * A value of the group.
         *
         * @param place which of the values in {@code group_by}
         */
        record Label(int place) implements By {}

        /**
         * A number.
         *
         * @param value an exact number of what a row counts; null where it is absent
         */
        record Count(Function<Counts, @Nullable BigDecimal> value) implements By {}
    }

    /** By time, then by group. */
    public static TokenOrder byTime() {
        return new TokenOrder(new By.Time(), false);
    }

    /** The number of a row that its place depends on; null where it depends on none. */
    @Nullable BigDecimal number(Counts counts) {
        return by instanceof By.Count(var value) ? value.apply(counts) : null;
    }

    /** Compares the places of two rows; 0 for one and the same row alone. */
    int compare(RowKey a, RowKey b) {
        int compared =
                switch (by) {
                    case By.Time _ -> directed(a.start().compareTo(b.start()));
                    case By.Label(int place) -> text(a.group().get(place), b.group().get(place));
                    case By.Count _ -> number(a.number(), b.number());
                };
        if (compared == 0) {
            compared = a.start().compareTo(b.start());
        }
        for (int i = 0; i < a.group().size() && compared == 0; i++) {
            compared = TEXT.compare(a.group().get(i), b.group().get(i));
        }
        return compared;
    }

    private int text(@Nullable String a, @Nullable String b) {
        return a == null || b == null ? TEXT.compare(a, b) : directed(a.compareTo(b));
    }

    private int number(@Nullable BigDecimal a, @Nullable BigDecimal b) {
        if (a == null || b == null) {
            return Boolean.compare(a == null, b == null);
        }
        return directed(a.compareTo(b));
    }

    private int directed(int compared) {
        return descending ? -compared : compared;
    }
}
