package gpuanalytics.processor.gpuname;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Which GPU one name means, and since when: its links to others, by time, without repetition. */
final class Meanings {

    /**
     * A slot's card is replaced a few times in its life. A name that changes more often is one that
     * two machines give themselves at the same time, and tells nothing.
     */
    static final int MOST_CHANGES = 16;

    private static final Comparator<GpuLink> BY_TIME =
            Comparator.comparingLong(GpuLink::fromMillis).thenComparing(GpuLink::gpu);

    private final List<GpuLink> links;

    private Meanings(List<GpuLink> links) {
        this.links = links;
    }

    static Meanings of(List<GpuLink> links) {
        var changes = new ArrayList<GpuLink>();
        for (var link : links.stream().sorted(BY_TIME).toList()) {
            if (changes.isEmpty() || !changes.getLast().gpu().equals(link.gpu())) {
                changes.add(link);
            }
        }
        return new Meanings(changes);
    }

    /** The same with one link more. */
    Meanings and(GpuLink link) {
        var more = new ArrayList<>(links);
        more.add(link);
        return of(more);
    }

    /** Whether the name means now this, now that, so that it means nothing. */
    boolean isAmbiguous() {
        return links.size() > MOST_CHANGES;
    }

    /**
     * What the name means at a time. Before the first sample it means what that sample says; null
     * where it is ambiguous.
     */
    @Nullable String at(long millis) {
        return isAmbiguous() ? null : links.get(indexAt(millis)).gpu();
    }

    /** The link that says what the name means at a time. */
    GpuLink linkAt(long millis) {
        return links.get(indexAt(millis));
    }

    /** From when, in milliseconds since 1970, it has meant what it means at a time. */
    long since(long millis) {
        var index = indexAt(millis);
        return index == 0 ? Long.MIN_VALUE : links.get(index).fromMillis();
    }

    /** When, in milliseconds since 1970, it will mean something else; never is the largest. */
    long until(long millis) {
        var next = indexAt(millis) + 1;
        return next < links.size() ? links.get(next).fromMillis() : Long.MAX_VALUE;
    }

    /** Everything that it ever means. */
    Set<String> all() {
        return links.stream().map(GpuLink::gpu).collect(Collectors.toSet());
    }

    private int indexAt(long millis) {
        var index = links.size() - 1;
        while (index > 0 && links.get(index).fromMillis() > millis) {
            index--;
        }
        return index;
    }
}
