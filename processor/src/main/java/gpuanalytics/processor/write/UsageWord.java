package gpuanalytics.processor.write;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.consume.Position;
import gpuanalytics.processor.decode.EventValues;
import gpuanalytics.processor.decode.Role;
import gpuanalytics.processor.decode.StoredEvent;
import gpuanalytics.processor.store.StoreLayout;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.jspecify.annotations.Nullable;

/**
 * What a word says of a request, as far as words are told apart by it, and what it decided when it
 * came in.
 *
 * @param epochNanos when, in nanoseconds since 1970
 * @param model which model was asked
 * @param user who asked; null where it does not say
 * @param provider who served; null where it does not say
 * @param hasTokens whether it has tokens, and not 0 of all
 * @param isOutranked whether another word counted when it came in
 * @param changes which earlier words counted otherwise once it was there
 */
record UsageWord(
        long epochNanos,
        String model,
        @Nullable String user,
        @Nullable String provider,
        boolean hasTokens,
        boolean isOutranked,
        List<Change> changes) {

    /**
     * A word that counts from now on, or no more.
     *
     * @param position where the word came from
     */
    record Change(Position position, boolean counts) {}

    static UsageWord of(Word word) {
        var document = word.document();
        var said = Word.said(document);
        var values = StoredEvent.of(EventTopic.TOKEN_USAGE, document).values();
        var model = text(document, TokenUsage.MODEL.name());
        return new UsageWord(
                values.epochNanos(),
                model == null ? "" : model,
                text(document, TokenUsage.USER.name()),
                text(document, TokenUsage.PROVIDER.name()),
                hasTokens(values),
                said != null
                        && said.getString(StoreLayout.SAID_AS).getValue().equals(Role.OUTRANKED),
                changes(document));
    }

    private static List<Change> changes(BsonDocument document) {
        var changes = new ArrayList<Change>(1);
        if (document.get(StoreLayout.REPLACES) instanceof BsonDocument replaced) {
            changes.add(new Change(Content.position(replaced), false));
        }
        if (document.get(StoreLayout.MOVES) instanceof BsonArray moves) {
            for (var moved : moves) {
                var event = moved.asDocument().getDocument(StoreLayout.MOVED_EVENT);
                var counts = moved.asDocument().getBoolean(StoreLayout.MOVED_COUNTS).getValue();
                changes.add(new Change(Content.position(event), counts));
            }
        }
        return changes;
    }

    private static @Nullable String text(BsonDocument document, String name) {
        return document.get(name) instanceof BsonString text ? text.getValue() : null;
    }

    private static boolean hasTokens(EventValues usage) {
        return usage.number(TokenUsage.PROMPT_TOKENS) > 0
                || usage.number(TokenUsage.COMPLETION_TOKENS) > 0;
    }
}
