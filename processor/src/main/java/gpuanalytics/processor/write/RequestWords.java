package gpuanalytics.processor.write;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.decode.Role;
import gpuanalytics.processor.store.StoreLayout;
import java.util.HashMap;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.jspecify.annotations.Nullable;

/**
 * Judges what is said under a known {@code request_id}: a further word about the same request, or
 * another request whose sender uses ids again.
 */
final class RequestWords {

    /** Two usages that differ in one of these are about two requests. */
    private static final List<Field<String>> WHOSE =
            List.of(TokenUsage.MODEL, TokenUsage.USER, TokenUsage.PROVIDER);

    /** Of a stored word, what is no part of the event nor decided for the event alone. */
    private static final List<String> OF_THE_WORD =
            List.of(
                    StoreLayout.ID,
                    StoreLayout.STORED_AT,
                    StoreLayout.SAID,
                    StoreLayout.REPLACES,
                    StoreLayout.MERGED);

    private final IdentityRules rules;

    RequestWords(IdentityRules rules) {
        this.rules = rules;
    }

    Verdict judge(Row row, Family family) {
        var standing = standing(row, family);
        if (standing == null) {
            return another(row, family);
        }
        var own = new Word(family.next(), row.record().position(), row.document());
        return own.outranks(standing)
                ? replacing(row, family, standing)
                : outranked(row, family, standing);
    }

    /** The word that stands for the request of a row; null where the row is about another. */
    private @Nullable Word standing(Row row, Family family) {
        var byRequest = new HashMap<Integer, Word>();
        // An older word may be here too, and does not know what stands for its request by now.
        int oldest = family.next() - rules.comparedWords();
        for (var word : family.words()) {
            if (word.n() < oldest) {
                continue;
            }
            var standing = family.word(word.stands());
            if (standing != null) {
                byRequest.put(word.request(), standing);
            }
        }
        @Nullable Word nearest = null;
        for (var word : byRequest.values()) {
            if (isSameRequest(row, word) && (nearest == null || isNearer(row, word, nearest))) {
                nearest = word;
            }
        }
        return nearest;
    }

    private boolean isSameRequest(Row row, Word word) {
        for (var field : WHOSE) {
            if (!Content.agree(field, row.document(), word.document())) {
                return false;
            }
        }
        return distanceNanos(row, word) <= rules.requestSpan().toNanos();
    }

    /** Of two at the same distance the newer, so that there is one answer. */
    private static boolean isNearer(Row row, Word word, Word other) {
        var distance = distanceNanos(row, word);
        var others = distanceNanos(row, other);
        return distance < others || (distance == others && word.n() > other.n());
    }

    private static long distanceNanos(Row row, Word word) {
        return Math.abs(
                row.values().epochNanos() - word.values(EventTopic.TOKEN_USAGE).epochNanos());
    }

    private static Verdict another(Row row, Family family) {
        var word = new LaterWord(row, family, Role.ANOTHER);
        about(word, word.n(), word.n());
        word.said()
                .append(
                        StoreLayout.SAID_BESIDE,
                        new BsonString(Content.text(family.newest().position())));
        return word.next();
    }

    private static Verdict replacing(Row row, Family family, Word standing) {
        var word = new LaterWord(row, family, Role.REPLACING);
        about(word, standing.request(), word.n());
        var replaced = new BsonDocument();
        standing.document().forEach(replaced::append);
        OF_THE_WORD.forEach(replaced::remove);
        word.document().append(StoreLayout.REPLACES, replaced);
        return word.next();
    }

    private static Verdict outranked(Row row, Family family, Word standing) {
        var word = new LaterWord(row, family, Role.OUTRANKED);
        about(word, standing.request(), standing.n());
        return word.next();
    }

    private static void about(LaterWord word, int request, int stands) {
        word.said()
                .append(StoreLayout.SAID_REQUEST, new BsonInt32(request))
                .append(StoreLayout.SAID_STANDS, new BsonInt32(stands));
    }
}
