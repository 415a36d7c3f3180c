package gpuanalytics.producer.receive.prometheus;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The last value of each counter, of so many that spoke last. Any thread may use it. */
final class CounterBook {

    private final Map<Counter, Last> values;

    /** A series by its name and labels. */
    record Counter(String name, Map<String, String> labels) {}

    /** What it said last, and when, in milliseconds since 1970. */
    record Last(long millis, double value) {}

    CounterBook(int most) {
        values =
                new LinkedHashMap<>(16, 0.75f, true) {
                    private static final long serialVersionUID = 1L;

                    @Override
                    protected boolean removeEldestEntry(Map.Entry<Counter, Last> eldest) {
                        return size() > most;
                    }
                };
    }

    synchronized @Nullable Last last(Counter counter) {
        return values.get(counter);
    }

    /** Notes what is counted now; what is older than what is known is passed over. */
    synchronized void note(Map<Counter, Last> said) {
        said.forEach(
                (counter, now) ->
                        values.merge(
                                counter,
                                now,
                                (known, later) -> known.millis() < later.millis() ? later : known));
    }
}
