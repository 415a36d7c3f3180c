package gpuanalytics.processor.write;

import com.mongodb.ReadConcern;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import gpuanalytics.processor.consume.Position;
import gpuanalytics.processor.store.StoreLayout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.RawBsonDocument;

/**
 * Reads what was said under identities. Most have one word, which one question answers, or a few;
 * of one that is used again and again the newest are found by halving, and those that stand for
 * others are read beside them.
 */
final class Families {

    /** The last word that is asked for of every identity: whether there is more than the first. */
    private static final int FIRST_ASKED = 1;

    /** The last word that is asked for at once of every identity that has more than the first. */
    private static final int FIRST_READ = 8;

    private final MongoCollection<RawBsonDocument> collection;
    private final int compared;

    /**
     * @param compared how many words of an identity are read, the newest
     */
    Families(MongoCollection<RawBsonDocument> collection, int compared) {
        // A repeat is dropped for a word that was read, which must not be taken back.
        this.collection = collection.withReadConcern(ReadConcern.MAJORITY);
        this.compared = compared;
    }

    /**
     * The families of identities; none for an identity that nothing is stored under.
     *
     * @throws com.mongodb.MongoException when the store does not answer
     */
    Map<String, Family> read(Collection<String> identities) {
        var families = new HashMap<String, Family>();
        readInto(families, ids(identities, 0, FIRST_ASKED));
        var larger =
                families.values().stream()
                        .filter(family -> family.next() > FIRST_ASKED)
                        .map(Family::identity)
                        .toList();
        readInto(families, ids(larger, FIRST_ASKED + 1, FIRST_READ));
        readNewest(families);
        readStanding(families);
        return families;
    }

    /** The words that these records brought, whatever their number, by their positions in text. */
    Map<String, RawBsonDocument> from(Collection<Position> positions) {
        var found = new HashMap<String, RawBsonDocument>();
        var texts = positions.stream().map(Content::text).toList();
        for (var asked : Insertion.questions(texts)) {
            collection
                    .find(Filters.in(StoreLayout.SAID_AT_PATH, asked))
                    .forEach(word -> found.put(Content.text(Content.position(word)), word));
        }
        return found;
    }

    private static List<String> ids(Collection<String> identities, int from, int to) {
        var ids = new ArrayList<String>();
        for (var identity : identities) {
            for (int n = from; n <= to; n++) {
                ids.add(Word.id(identity, n));
            }
        }
        return ids;
    }

    private void readInto(Map<String, Family> families, List<String> ids) {
        for (var asked : Insertion.questions(ids)) {
            collection
                    .find(Filters.in(StoreLayout.ID, asked))
                    .forEach(
                            document ->
                                    families.computeIfAbsent(Word.identityOf(document), Family::new)
                                            .add(Word.of(document)));
        }
    }

    private void readNewest(Map<String, Family> families) {
        var larger = new ArrayList<String>();
        families.forEach(
                (identity, family) -> {
                    if (family.next() > FIRST_READ) {
                        larger.add(identity);
                    }
                });
        var ids = new ArrayList<String>();
        lastOf(larger)
                .forEach(
                        (identity, last) -> {
                            var from = Math.max(FIRST_READ + 1, last - compared + 1);
                            for (int n = from; n <= last; n++) {
                                ids.add(Word.id(identity, n));
                            }
                        });
        readInto(families, ids);
    }

    private void readStanding(Map<String, Family> families) {
        var ids = new ArrayList<String>();
        for (var family : families.values()) {
            for (var word : family.words()) {
                if (family.word(word.stands()) == null) {
                    ids.add(Word.id(family.identity(), word.stands()));
                }
            }
        }
        readInto(families, ids.stream().distinct().toList());
    }

    /** How far a family reaches: this word is there, that one is not. */
    private static final class Bounds {
        private int there = FIRST_READ;
        private int missing = Integer.MAX_VALUE;

        int guess() {
            return missing == Integer.MAX_VALUE ? 2 * there : there + (missing - there) / 2;
        }

        boolean isFound() {
            return missing - there == 1;
        }
    }

    /** The number of the last word of each, found for all of them side by side. */
    private Map<String, Integer> lastOf(List<String> identities) {
        var bounds = new LinkedHashMap<String, Bounds>();
        identities.forEach(identity -> bounds.put(identity, new Bounds()));
        while (bounds.values().stream().anyMatch(each -> !each.isFound())) {
            var ids = new ArrayList<String>();
            bounds.forEach(
                    (identity, each) -> {
                        if (!each.isFound()) {
                            ids.add(Word.id(identity, each.guess()));
                        }
                    });
            var there = existing(ids);
            bounds.forEach(
                    (identity, each) -> {
                        if (each.isFound()) {
                            return;
                        }
                        if (there.contains(Word.id(identity, each.guess()))) {
                            each.there = each.guess();
                        } else {
                            each.missing = each.guess();
                        }
                    });
        }
        var last = new LinkedHashMap<String, Integer>();
        bounds.forEach((identity, each) -> last.put(identity, each.there));
        return last;
    }

    private Set<String> existing(List<String> ids) {
        var found = new HashSet<String>();
        for (var asked : Insertion.questions(ids)) {
            collection
                    .find(Filters.in(StoreLayout.ID, asked))
                    .projection(Projections.include(StoreLayout.ID))
                    .forEach(word -> found.add(word.getString(StoreLayout.ID).getValue()));
        }
        return found;
    }
}
