package gpuanalytics.processor.api;

import gpuanalytics.processor.measure.Measure;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.query.Reading;
import gpuanalytics.processor.query.Reading.Distribution;
import gpuanalytics.processor.query.Reading.Level;
import gpuanalytics.processor.query.Reading.Total;
import gpuanalytics.processor.query.Readings;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The columns of every measure of a kind: how a measure aggregates says which it has. */
final class ReadingColumns {

    private ReadingColumns() {}

    static <R> List<Column<R>> of(Measures measures, Function<R, Readings> readings) {
        var columns = new ArrayList<Column<R>>();
        for (var measure : measures) {
            var of = new Of<>(measure, readings);
            switch (measure.aggregation()) {
                case GAUGE, WHOLE_GAUGE -> {
                    columns.add(of.column(".mean", Level.class, Level::mean));
                    columns.add(of.column(".min", Level.class, Level::min));
                    columns.add(of.column(".max", Level.class, Level::max));
                }
                case SUM -> columns.add(of.column("", Total.class, Total::sum));
                case HISTOGRAM -> {
                    columns.add(of.column(".p50", Distribution.class, Distribution::p50));
                    columns.add(of.column(".p95", Distribution.class, Distribution::p95));
                    columns.add(of.column(".mean", Distribution.class, Distribution::mean));
                }
                case COUNTER, NONE -> {} // see ReadingSums: no answer shows them
            }
        }
        return List.copyOf(columns);
    }

    /** The columns of one measure. */
    private record Of<R>(Measure measure, Function<R, Readings> readings) {

        <T extends Reading> Column<R> column(
                String part, Class<T> type, Function<T, @Nullable Object> value) {
            return new Column<>(
                    measure.name() + part,
                    row -> {
                        var reading = readings.apply(row).get(measure);
                        return reading == null ? null : value.apply(type.cast(reading));
                    });
        }
    }
}
