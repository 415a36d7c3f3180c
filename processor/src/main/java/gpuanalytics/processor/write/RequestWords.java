package gpuanalytics.processor.write;

import gpuanalytics.processor.consume.Position;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.Role;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.write.Requests.Request;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bson.BsonArray;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;

/**
 * Judges what is said under a known {@code request_id}: a further word about the same request, or
 * another request whose sender uses ids again.
 *
 * <p>Which words are about one request is a function of all of them ({@link Requests}), so that it
 * is the same in whatever order they come in. A word that comes in late may change it for those
 * before it: it holds what is to be added and taken back for that, and they stay as they are.
 */
final class RequestWords {

    /** Of a stored word, what is no part of the event nor decided for the event alone. */
    private static final List<String> OF_THE_WORD =
            List.of(
                    StoreLayout.ID,
                    StoreLayout.STORED_AT,
                    StoreLayout.SAID,
                    StoreLayout.REPLACES,
                    StoreLayout.MOVES,
                    StoreLayout.MERGED);

    private final IdentityRules rules;

    RequestWords(IdentityRules rules) {
        this.rules = rules;
    }

    /** A word that counts from now on, or no more. */
    private record Move(Word word, boolean counts) {}

    Verdict judge(Row row, Family family) {
        var own = new Word(family.next(), row.record().position(), row.document());
        int oldest = family.next() - rules.comparedWords();
        var counting = counting(family, oldest);
        var words = new ArrayList<Word>();
        for (var word : family.words()) {
            // What stands for a request that a newer word is about is compared however old it is.
            if (word.n() >= oldest || counting.contains(word.position())) {
                words.add(word);
            }
        }
        words.add(own);
        var requests = Requests.of(words, rules.requestSpan());
        return next(row, family, own, requests, counting);
    }

    /** Where the words came from that count now, by what each decided when it came in. */
    private static Set<Position> counting(Family family, int oldest) {
        var counting = new HashSet<Position>();
        for (var word : family.words()) {
            if (word.n() < oldest) {
                continue; // an older word does not know what stands for its request by now
            }
            var decided = word.usage();
            if (!decided.isOutranked()) {
                counting.add(word.position());
            }
            for (var change : decided.changes()) {
                if (change.counts()) {
                    counting.add(change.position());
                } else {
                    counting.remove(change.position());
                }
            }
            var standing = family.word(word.stands());
            if (standing != null) {
                counting.add(standing.position());
            }
        }
        return counting;
    }

    private static Verdict next(
            Row row, Family family, Word own, List<Request> requests, Set<Position> counting) {
        var about = requests.stream().filter(each -> each.words().contains(own)).findFirst();
        var request = about.orElseThrow();
        var moves = moves(own, requests, counting);
        var taken = moves.stream().filter(move -> !move.counts).toList();
        if (request.standing().n() != own.n()) {
            return outranked(row, family, request, moves);
        }
        // As many requests as before: it counts in place of another.
        return taken.size() > moves.size() - taken.size()
                ? replacing(row, family, request, taken, moves)
                : another(row, family, request, moves);
    }

    /** Which earlier words count otherwise with this one. */
    private static List<Move> moves(Word own, List<Request> requests, Set<Position> counting) {
        var moves = new ArrayList<Move>();
        for (var request : requests) {
            var standing = request.standing();
            for (var word : request.words()) {
                var counts = word.n() == standing.n();
                if (word.n() != own.n() && counts != counting.contains(word.position())) {
                    moves.add(new Move(word, counts));
                }
            }
        }
        return moves;
    }

    private static Verdict another(Row row, Family family, Request request, List<Move> moves) {
        var word = new LaterWord(row, family, Role.ANOTHER);
        about(word, request);
        word.said()
                .append(
                        StoreLayout.SAID_BESIDE,
                        new BsonString(Content.text(family.newest().position())));
        return with(word, moves);
    }

    private static Verdict replacing(
            Row row, Family family, Request request, List<Move> taken, List<Move> moves) {
        var word = new LaterWord(row, family, Role.REPLACING);
        about(word, request);
        var replaced =
                taken.stream()
                        .filter(move -> request.words().contains(move.word))
                        .findFirst()
                        .orElse(taken.getFirst());
        word.document().append(StoreLayout.REPLACES, event(replaced.word));
        return with(word, moves.stream().filter(move -> !move.equals(replaced)).toList());
    }

    private static Verdict outranked(Row row, Family family, Request request, List<Move> moves) {
        var word = new LaterWord(row, family, Role.OUTRANKED);
        about(word, request);
        return with(word, moves);
    }

    private static void about(LaterWord word, Request request) {
        word.said()
                .append(StoreLayout.SAID_REQUEST, new BsonInt32(request.first()))
                .append(StoreLayout.SAID_STANDS, new BsonInt32(request.standing().n()));
    }

    private static Verdict with(LaterWord word, List<Move> moves) {
        if (!moves.isEmpty()) {
            var moved = new BsonArray();
            for (var move : moves) {
                moved.add(
                        new BsonDocument(StoreLayout.MOVED_COUNTS, BsonBoolean.valueOf(move.counts))
                                .append(StoreLayout.MOVED_EVENT, event(move.word)));
            }
            word.document().append(StoreLayout.MOVES, moved);
        }
        return word.next();
    }

    /** A word's event as it was stored, with where it came from. */
    private static BsonDocument event(Word word) {
        var event = new BsonDocument();
        word.document().forEach(event::append);
        OF_THE_WORD.forEach(event::remove);
        return event;
    }
}
