package gpuanalytics.processor.ledger;

import gpuanalytics.processor.ledger.EntryKey.Gpu;
import gpuanalytics.processor.ledger.EntryKey.Kind;
import gpuanalytics.processor.ledger.EntryKey.Place;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import org.bson.Document;
import org.bson.types.Binary;
import org.jspecify.annotations.Nullable;

/**
 * Entries of the ledger as one document. An entry has some thirty numbers and as many names: as a
 * document each would mostly be names, and an answer about a month reads tens of thousands. So
 * texts, times and names of amounts are there once, and the numbers in a row of bytes: <code>
 * {amounts: [name], texts: [text], times: [date], packed: bytes}</code>.
 *
 * <p>Of each entry these say, in {@link PackedNumbers}: whether its place follows or is that of the
 * one before (1 or 0); of a place its kind, GPU, host and GPU model, its time, and one more than
 * the price provided, 0 for none; the five labels of its group; a bit for each amount that it has,
 * in the order of their names; and these amounts. A text is told by its number, counted from 1, and
 * 0 is none.
 */
final class EntryBlock {

    private static final String AMOUNTS = "amounts";
    private static final String TEXTS = "texts";
    private static final String TIMES = "times";
    private static final String PACKED = "packed";

    private static final Amount[] ALL = Amount.values();

    private EntryBlock() {}

    /** Puts entries together. For one thread. */
    static final class Writer {

        private final PackedNumbers.Writer packed = new PackedNumbers.Writer();
        private final Map<String, Integer> texts = new LinkedHashMap<>();
        private final Map<Instant, Integer> times = new LinkedHashMap<>();
        private final int[] numberOf = new int[ALL.length];
        private final Map<Amount, Integer> amounts = new LinkedHashMap<>();
        private @Nullable Place place;
        private int entries;

        int entries() {
            return entries;
        }

        void add(EntryKey key, Amounts sums) {
            entries++;
            add(key.place());
            var group = key.group();
            addText(group.model());
            addText(group.team());
            addText(group.user());
            addText(group.project());
            addText(group.namespace());
            sums.forEach((amount, _) -> amounts.computeIfAbsent(amount, this::number));
            add(sums);
        }

        private Integer number(Amount amount) {
            numberOf[amount.index()] = amounts.size();
            return amounts.size();
        }

        private void add(Place next) {
            if (next.equals(place)) {
                packed.add(0);
                return;
            }
            place = next;
            packed.add(1);
            addText(next.kind().name().toLowerCase(Locale.ROOT));
            addText(next.gpu().name());
            addText(next.gpu().host());
            addText(next.gpu().model());
            packed.add(times.computeIfAbsent(next.from(), _ -> times.size()));
            var provided = next.providedMicroUsd();
            packed.add(provided == null ? 0 : provided + 1);
        }

        private void addText(@Nullable String text) {
            packed.add(text == null ? 0 : texts.computeIfAbsent(text, _ -> texts.size() + 1));
        }

        /** In the order of their names here, which need not be that of the amounts. */
        private void add(Amounts sums) {
            var mask = new long[1];
            sums.forEach((amount, _) -> mask[0] |= 1L << numberOf[amount.index()]);
            packed.add(mask[0]);
            for (var amount : amounts.keySet()) {
                if (sums.has(amount)) {
                    packed.addSigned(sums.get(amount));
                }
            }
        }

        Document document() {
            return new Document(AMOUNTS, amounts.keySet().stream().map(Amount::field).toList())
                    .append(TEXTS, List.copyOf(texts.keySet()))
                    .append(TIMES, times.keySet().stream().map(Date::from).toList())
                    .append(PACKED, new Binary(packed.bytes()));
        }
    }

    /** Tells the entries of a block, or the one entry of a document that is none. */
    static void forEach(Document block, BiConsumer<EntryKey, Amounts> reader) {
        if (block.containsKey(PACKED)) {
            new Reader(block).forEach(reader);
        } else {
            reader.accept(EntryDocuments.key(block), EntryDocuments.amounts(block));
        }
    }

    private static final class Reader {

        private final PackedNumbers.Reader packed;
        private final List<String> texts;
        private final List<Instant> times;

        /** Null for an amount that only a later version knows. */
        private final @Nullable Amount[] amounts;

        private @Nullable Place place;

        Reader(Document block) {
            this.packed = new PackedNumbers.Reader(block.get(PACKED, Binary.class).getData());
            this.texts = block.getList(TEXTS, String.class);
            this.times = block.getList(TIMES, Date.class).stream().map(Date::toInstant).toList();
            var names = block.getList(AMOUNTS, String.class);
            this.amounts = new Amount[names.size()];
            Arrays.setAll(amounts, i -> Amount.ofField(names.get(i)));
        }

        void forEach(BiConsumer<EntryKey, Amounts> reader) {
            while (packed.hasNext()) {
                var at = place();
                var group = new Group(text(), text(), text(), text(), text());
                reader.accept(at.of(group), sums());
            }
        }

        private Place place() {
            if (packed.next() == 0) {
                if (place == null) {
                    throw new IllegalStateException("the first entry of a block has no place");
                }
                return place;
            }
            var kind = text();
            if (kind == null) {
                throw new IllegalStateException("an entry has no kind");
            }
            var gpu = new Gpu(text(), text(), text());
            var from = times.get((int) packed.next());
            long provided = packed.next();
            place =
                    new Place(
                            Kind.valueOf(kind.toUpperCase(Locale.ROOT)),
                            gpu,
                            from,
                            provided == 0 ? null : Long.valueOf(provided - 1));
            return place;
        }

        private @Nullable String text() {
            int number = (int) packed.next();
            return number == 0 ? null : texts.get(number - 1);
        }

        private Amounts sums() {
            long stored = packed.next();
            long present = 0;
            for (long left = stored; left != 0; left &= left - 1) {
                var amount = amounts[Long.numberOfTrailingZeros(left)];
                present |= amount == null ? 0 : amount.bit();
            }
            var sums = new long[Long.bitCount(present)];
            for (long left = stored; left != 0; left &= left - 1) {
                long sum = packed.nextSigned();
                var amount = amounts[Long.numberOfTrailingZeros(left)];
                if (amount != null) {
                    sums[Amounts.place(present, amount)] = sum;
                }
            }
            return new Amounts(present, sums);
        }
    }
}
