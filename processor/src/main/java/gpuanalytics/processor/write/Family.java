package gpuanalytics.processor.write;

import gpuanalytics.processor.consume.Position;
import java.util.Collection;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What was said under one identity: as much of it as a further word is compared with. */
final class Family {

    private final String identity;
    private final NavigableMap<Integer, Word> words = new TreeMap<>();

    Family(String identity) {
        this.identity = identity;
    }

    String identity() {
        return identity;
    }

    void add(Word word) {
        words.put(word.n(), word);
    }

    /** By their numbers; the newest ones, and those that stand for their requests. */
    Collection<Word> words() {
        return words.values();
    }

    @Nullable Word word(int n) {
        return words.get(n);
    }

    @Nullable Word first() {
        return words.get(0);
    }

    Word newest() {
        return words.lastEntry().getValue();
    }

    /** The number of the next word. */
    int next() {
        return words.lastKey() + 1;
    }

    /** Whether there are words that are not here. */
    boolean isPart() {
        return words.size() < next();
    }

    /** The word that a record brought, or null where it brought none of these. */
    @Nullable Word from(Position position) {
        for (var word : words.values()) {
            if (word.position().equals(position)) {
                return word;
            }
        }
        return null;
    }
}
