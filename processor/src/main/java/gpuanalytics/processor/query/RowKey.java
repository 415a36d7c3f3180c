package gpuanalytics.processor.query;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The place of a row among all rows of an answer.
 *
 * @param number what it is ordered by, where that is a number that it has
 * @param start the start of its step
 * @param group the values of its group; null where its usages have none
 */
public record RowKey(@Nullable BigDecimal number, Instant start, List<@Nullable String> group) {

    public RowKey(@Nullable BigDecimal number, Instant start, List<@Nullable String> group) {
        this.number = number;
        this.start = start;
        // List.copyOf takes no null
        this.group = Collections.unmodifiableList(new ArrayList<>(group));
    }
}
