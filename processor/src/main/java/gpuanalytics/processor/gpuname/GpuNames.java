package gpuanalytics.processor.gpuname;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which names mean the same GPU, and when. Samples say so: one that has a UUID, a host and a number
 * shows that both mean one GPU, from its time on; a card may be replaced, and then the same host
 * and number mean another UUID. Immutable.
 *
 * <p>Keys are those of {@link gpuanalytics.event.GpuId}; a key that is unknown means itself.
 */
public final class GpuNames {

    /** No name known. */
    public static final GpuNames NONE = new GpuNames(List.of());

    /**
     * How far into its bucket a rollup's GPU is looked up: a card replaced in a minute is there.
     */
    private static final Duration INTO_BUCKET = Duration.ofMinutes(1).minusMillis(1);

    private static final String MIG = "MIG-";
    private static final String MIG_OF_GPU = "MIG-GPU-";

    /** The links of GPUs to themselves. */
    private final Map<String, GpuLink> reported = new HashMap<>();

    private final Map<String, Meanings> meanings = new HashMap<>();
    private final Map<String, Set<String>> names = new HashMap<>();

    private GpuNames(Collection<GpuLink> links) {
        var byName = new HashMap<String, List<GpuLink>>();
        for (var link : links) {
            if (link.isOfItself()) {
                reported.merge(link.gpu(), link, GpuNames::newer);
            } else {
                byName.computeIfAbsent(link.name(), _ -> new ArrayList<>()).add(link);
                names.computeIfAbsent(link.gpu(), _ -> new HashSet<>()).add(link.name());
            }
        }
        byName.forEach((name, linked) -> meanings.put(name, Meanings.of(linked)));
    }

    /** What these links say together, in whatever order. */
    public static GpuNames of(Collection<GpuLink> links) {
        return new GpuNames(links);
    }

    /** Whether it is the name of a MIG instance: a part of a GPU, not a GPU. */
    public static boolean isInstance(String name) {
        return name.startsWith(MIG);
    }

    /** The GPU that a name means in a rollup's bucket: its UUID where it is known. */
    public String inBucket(String name, Instant bucketStart) {
        return at(name, bucketStart.plus(INTO_BUCKET));
    }

    /** The GPU that a name means at a time: its UUID where it is known. */
    public String at(String name, Instant time) {
        return at(name, time.toEpochMilli());
    }

    private String at(String name, long millis) {
        var meaning = meanings.get(name);
        var gpu = meaning == null ? null : meaning.at(millis);
        if (gpu == null) {
            var board = boardOf(name);
            return reported.containsKey(board) ? board : name;
        }
        // an instance is known by its GPU's host and number, and these by the GPU's UUID
        var further = meanings.get(gpu);
        var last = further == null ? null : further.at(millis);
        if (last != null) {
            return last;
        }
        return reported.containsKey(gpu) ? gpu : name;
    }

    /** Whether a GPU of this name has ever reported a sample. */
    public boolean isKnown(String name) {
        var known = meanings.get(name);
        return reported.containsKey(name)
                || reported.containsKey(boardOf(name))
                || (known != null && !known.isAmbiguous());
    }

    /**
     * Every name that means the same GPU as this one at some time, itself among them; which of them
     * do so at a given time says {@link #at}.
     */
    public Set<String> related(String name) {
        var related = new HashSet<String>();
        related.add(name);
        related.add(boardOf(name));
        // by way of the GPUs that it means, and of those that these mean
        for (int hop = 0; hop < 2; hop++) {
            for (var one : List.copyOf(related)) {
                var known = meanings.get(one);
                related.addAll(known == null ? Set.of() : known.all());
            }
        }
        for (int hop = 0; hop < 2; hop++) {
            for (var one : List.copyOf(related)) {
                related.addAll(names.getOrDefault(one, Set.of()));
            }
        }
        return related;
    }

    /** The GPU of a MIG instance whose name holds that of the GPU, as older drivers give them. */
    private static String boardOf(String name) {
        var slash = name.indexOf('/');
        return name.startsWith(MIG_OF_GPU) && slash > 0
                ? name.substring(MIG.length(), slash)
                : name;
    }

    /**
     * A range of names.
     *
     * @param from the first that may be
     * @param to what comes after the last
     */
    public record Range(String from, String to) {}

    /**
     * The names of MIG instances that older drivers make of a GPU's: {@code MIG-<GPU>/<number>/…};
     * null for what is no GPU's UUID. No sample need have shown them.
     */
    public static @Nullable Range instancesOf(String gpu) {
        var name = MIG + gpu;
        // '0' is the character after '/'
        return name.startsWith(MIG_OF_GPU) ? new Range(name + '/', name + '0') : null;
    }

    private static GpuLink newer(GpuLink one, GpuLink other) {
        return one.storedAtMillis() >= other.storedAtMillis() ? one : other;
    }

    /** What says that a GPU has reported; null where it has not. */
    @Nullable GpuLink reported(String gpu) {
        return reported.get(gpu);
    }

    /** The links of a name to others; null where there are none. */
    @Nullable Meanings meanings(String name) {
        return meanings.get(name);
    }
}
