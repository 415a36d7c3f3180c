package gpuanalytics.processor.day;

import com.mongodb.client.MongoDatabase;
import gpuanalytics.processor.query.QueryWindow;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Consumer;
import org.bson.BsonDocument;

/**
 * The token rollups of a day's hours, added up series by series: its hours are read side by side in
 * the order of series, so memory is needed for one series and not for all.
 */
final class DayOfHours implements AutoCloseable {

    private final Instant day;
    private final List<HourCursor> hours = new ArrayList<>();

    DayOfHours(MongoDatabase database, Instant day) {
        this.day = day;
        var rollups = database.getCollection(StoreLayout.TOKEN_HOUR, BsonDocument.class);
        for (var hour = day;
                hour.isBefore(day.plus(QueryWindow.DAY));
                hour = hour.plus(QueryWindow.HOUR)) {
            hours.add(new HourCursor(rollups, hour));
        }
    }

    /**
     * Tells the sums of each series. A store with another order of texts than this one may have a
     * series come in two sums, which together are the same.
     *
     * @throws ArithmeticException when a sum leaves 64 bits
     */
    void forEach(Consumer<BsonDocument> reader) {
        var next = new PriorityQueue<>(Comparator.comparing(HourCursor::series));
        hours.stream().filter(HourCursor::advance).forEach(next::add);
        while (!next.isEmpty()) {
            var series = next.element().series();
            var sum = new SeriesSum(day, series);
            while (!next.isEmpty() && next.element().series().equals(series)) {
                var hour = next.remove();
                sum.add(hour.rollup());
                if (hour.advance()) {
                    next.add(hour);
                }
            }
            reader.accept(sum.document());
        }
    }

    @Override
    public void close() {
        hours.forEach(HourCursor::close);
    }
}
