package gpuanalytics.processor.ledger;

import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * What an entry of the ledger is about.
 *
 * @param gpu where; {@link Gpu#NONE} where no GPU is known
 * @param from since when prices are as they are then: entries are cut where the book changes
 * @param providedMicroUsd the price of an hour that the GPU's samples carry, in millionths of a
 *     dollar; null where they carry none
 * @param group who
 */
record EntryKey(Kind kind, Gpu gpu, Instant from, @Nullable Long providedMicroUsd, Group group) {

    /** What an entry holds. */
    enum Kind {
        /** What tokens used of a GPU. */
        USED,
        /** What nobody used of a GPU, and its gaps. */
        OWNED,
        /** Tokens that name no GPU. */
        API
    }

    /**
     * A GPU; in sums over GPUs only its model is known.
     *
     * @param name its key; null for none or for all
     */
    record Gpu(@Nullable String name, @Nullable String host, @Nullable String model) {

        static final Gpu NONE = new Gpu(null, null, null);
    }

    /** All of it but the group. */
    record Place(Kind kind, Gpu gpu, Instant from, @Nullable Long providedMicroUsd) {

        private static final Comparator<@Nullable String> TEXT =
                Comparator.nullsFirst(Comparator.<String>naturalOrder());

        /** An order for which it does not matter in which order entries came up. */
        static final Comparator<Place> ORDER =
                Comparator.comparing((Place place) -> place.gpu.name, TEXT)
                        .thenComparing(Place::kind)
                        .thenComparing(Place::from)
                        .thenComparing(place -> place.gpu.model, TEXT)
                        .thenComparing(place -> place.gpu.host, TEXT)
                        .thenComparing(
                                Place::providedMicroUsd,
                                Comparator.nullsFirst(Comparator.<Long>naturalOrder()));

        /** The entry of a group. */
        EntryKey of(Group group) {
            return new EntryKey(kind, gpu, from, providedMicroUsd, group);
        }
    }

    Place place() {
        return new Place(kind, gpu, from, providedMicroUsd);
    }

    /** The same over all GPUs of a model. */
    EntryKey overGpus() {
        return new EntryKey(kind, new Gpu(null, null, gpu.model), from, providedMicroUsd, group);
    }

    /** The same since another moment. */
    EntryKey since(Instant another) {
        return new EntryKey(kind, gpu, another, providedMicroUsd, group);
    }
}
