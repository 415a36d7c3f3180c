package gpuanalytics.producer.receive.otlp;

import gpuanalytics.producer.receive.BadRequestException;
import gpuanalytics.producer.receive.Told;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/** What a request of OpenTelemetry is to us: items, the rest that is none of ours, and warnings. */
final class Translation {

    private static final int MOST_WARNINGS = 5;

    private final int mostItems;
    private final List<Told> items = new ArrayList<>();
    private final List<Integer> parts = new ArrayList<>();
    private final List<Told> rises = new ArrayList<>();
    private final SequencedSet<String> warnings = new LinkedHashSet<>();
    private int passed;

    Translation(int mostItems) {
        this.mostItems = mostItems;
    }

    /**
     * Adds an item.
     *
     * @param ofParts how many spans, points or log records it was made of
     */
    void add(Told item, int ofParts) throws BadRequestException {
        if (items.size() == mostItems) {
            throw new BadRequestException(
                    "request has more than %d events, expected at most %d"
                            .formatted(mostItems, mostItems));
        }
        items.add(item);
        parts.add(ofParts);
    }

    /** Adds what the same request would not give again; it is kept before it may be too much. */
    void addRise(Told item) throws BadRequestException {
        rises.add(item);
        add(item, 1);
    }

    /** Counts spans, points or log records that tell us nothing. */
    void pass(int ofParts) {
        passed += ofParts;
    }

    /** Says something to the sender; the first few differing lines are kept. */
    void warn(String line) {
        if (warnings.size() < MOST_WARNINGS) {
            warnings.add(line);
        }
    }

    List<Told> items() {
        return items;
    }

    /** The items that the same request would not give again. */
    List<Told> rises() {
        return rises;
    }

    /** How many parts an item was made of. */
    int parts(int item) {
        return parts.get(item);
    }

    int passed() {
        return passed;
    }

    List<String> warnings() {
        return List.copyOf(warnings);
    }
}
