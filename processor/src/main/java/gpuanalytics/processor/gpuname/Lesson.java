package gpuanalytics.processor.gpuname;

import gpuanalytics.event.GpuId;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.decode.Labels;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What samples say about names that is not known yet, or known for so long that it is renewed. */
final class Lesson {

    private final GpuNames known;
    private final long renewedBefore;
    private final Map<String, GpuLink> reported = new HashMap<>();
    private final Map<String, Meanings> meanings = new HashMap<>();
    private final Set<GpuLink> links = new LinkedHashSet<>();

    /**
     * When, in milliseconds since 1970, the names of a sample mean what they mean in it, and when
     * the first of the links that say so was stored; never is the largest.
     */
    record Span(long since, long until, long storedAt) {

        /** When the links are to be renewed that are renewed after so long. */
        long renewedAt(long afterMillis) {
            return storedAt == Long.MAX_VALUE ? storedAt : storedAt + afterMillis;
        }
    }

    /**
     * @param renewedBefore links that were stored before this time, in milliseconds, are renewed
     */
    Lesson(GpuNames known, long renewedBefore) {
        this.known = known;
        this.renewedBefore = renewedBefore;
    }

    /** Takes in a sample with these labels at a time. */
    void add(Labels labels, long millis) {
        for (var said : said(labels, millis)) {
            var found = found(said, millis);
            if (found == null) {
                learn(said);
            } else if (found.storedAtMillis() < renewedBefore) {
                links.add(found);
            }
        }
    }

    /** What is to be stored. */
    Collection<GpuLink> links() {
        return links;
    }

    /** When the names of a sample that was taken in mean what they mean in it. */
    Span span(Labels labels, long millis) {
        long since = Long.MIN_VALUE;
        long until = Long.MAX_VALUE;
        long storedAt = Long.MAX_VALUE;
        for (var said : said(labels, millis)) {
            var found = found(said, millis);
            if (found != null) {
                storedAt = Math.min(storedAt, found.storedAtMillis());
            }
            var meaning = said.isOfItself() ? null : meanings(said.name());
            if (meaning != null && !meaning.isAmbiguous()) {
                since = Math.max(since, meaning.since(millis));
                until = Math.min(until, meaning.until(millis));
            }
        }
        return new Span(since, until, storedAt);
    }

    /** What a sample says: that its GPU reports, and what its host and number, or its MIG mean. */
    private static List<GpuLink> said(Labels labels, long millis) {
        var gpu = labels.gpu();
        if (gpu == null) {
            return List.of();
        }
        var said = new ArrayList<GpuLink>(3);
        said.add(link(gpu, gpu, millis));
        var slot = slotOf(labels);
        if (slot != null && labels.get(GpuMetric.GPU_UUID) instanceof String uuid) {
            // an instance is no card: it does not take the slot, the slot tells its card
            said.add(GpuNames.isInstance(uuid) ? link(gpu, slot, millis) : link(slot, gpu, millis));
        }
        var instance = instanceOf(labels);
        if (instance != null && !instance.equals(gpu)) {
            said.add(link(instance, gpu, millis));
        }
        return said;
    }

    /** Host and number of a GPU, as the key that they would be. */
    private static @Nullable String slotOf(Labels labels) {
        var slot =
                GpuId.of(
                        null,
                        (String) labels.get(GpuMetric.HOST),
                        (Long) labels.get(GpuMetric.GPU_INDEX));
        return slot == null ? null : slot.key();
    }

    /** The UUID of a MIG instance as the key that it would be; a mere number is no name. */
    private static @Nullable String instanceOf(Labels labels) {
        if (!(labels.get(GpuMetric.MIG_ID) instanceof String mig) || !GpuNames.isInstance(mig)) {
            return null;
        }
        var instance = GpuId.of(mig, null, null);
        return instance == null ? null : instance.key();
    }

    private static GpuLink link(String name, String gpu, long millis) {
        return new GpuLink(name, gpu, millis, Long.MAX_VALUE);
    }

    /** The link that says already what a sample says; null where none does. */
    private @Nullable GpuLink found(GpuLink said, long millis) {
        return said.isOfItself() ? reported(said.gpu()) : linkOf(said, millis);
    }

    private void learn(GpuLink link) {
        links.add(link);
        if (link.isOfItself()) {
            reported.put(link.gpu(), link);
        } else {
            var meaning = meanings(link.name());
            meanings.put(
                    link.name(), meaning == null ? Meanings.of(List.of(link)) : meaning.and(link));
        }
    }

    private @Nullable GpuLink reported(String gpu) {
        var found = reported.get(gpu);
        return found == null ? known.reported(gpu) : found;
    }

    private @Nullable Meanings meanings(String name) {
        var found = meanings.get(name);
        return found == null ? known.meanings(name) : found;
    }

    /** What says already what a sample says; null where nothing does and it is worth to learn. */
    private @Nullable GpuLink linkOf(GpuLink said, long millis) {
        var meaning = meanings(said.name());
        if (meaning == null) {
            return null;
        }
        var link = meaning.linkAt(millis);
        return meaning.isAmbiguous() || link.gpu().equals(said.gpu()) ? link : null;
    }
}
