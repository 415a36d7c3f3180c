package gpuanalytics.event;

import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * Answers of providers as they come. Some tell no time (Anthropic's messages, OpenAI's embeddings,
 * Gemini's), and all have just ended when they are passed on. Only what surely is one has the time
 * of its arrival: in anything else a time may stand under a name that nobody knows here.
 */
final class Answers {

    /** The name that says what OpenAI's answers are, and those of servers that speak like it. */
    private static final String OBJECT = "object";

    private static final Set<String> OBJECTS =
            Set.of(
                    "chat.completion",
                    "chat.completion.chunk",
                    "list",
                    "response",
                    "text_completion");

    /** The same of Anthropic's. */
    private static final String TYPE = "type";

    private static final String MESSAGE = "message";

    /** What Gemini's answers hold. */
    private static final String CANDIDATES = "candidates";

    private Answers() {}

    /**
     * Fills in when an answer came.
     *
     * @throws RejectedException where it has tokens, but neither its model nor a time: a usage
     *     object without its answer
     */
    static void complete(Json.Members record, Event.Builder usage, Instant arrived)
            throws RejectedException {
        if (usage.has(TokenUsage.TS)) {
            return;
        }
        if (!usage.has(TokenUsage.MODEL) && hasTokens(usage)) {
            throw new RejectedException(
                    RejectReason.MISSING_FIELD,
                    "model and ts are missing, expected both, or the model beside the usage object"
                            + " of an answer: {\"model\":\"…\",\"usage\":{…}}");
        }
        if (isAnswer(record.byName())) {
            usage.set(TokenUsage.TS, arrived);
        }
    }

    private static boolean hasTokens(Event.Builder usage) {
        return usage.has(TokenUsage.PROMPT_TOKENS) || usage.has(TokenUsage.COMPLETION_TOKENS);
    }

    private static boolean isAnswer(Map<String, Json> members) {
        return EventReading.hasUsage(members)
                && (isMarked(members)
                        || members.keySet().stream().allMatch(Answers::isPartOfUsage));
    }

    private static boolean isMarked(Map<String, Json> members) {
        return (members.get(OBJECT) instanceof Json.Text(var object) && OBJECTS.contains(object))
                || (members.get(TYPE) instanceof Json.Text(var type) && type.equals(MESSAGE))
                || members.get(CANDIDATES) instanceof Json.Items;
    }

    /** Whether a name is one of those that leave no room for a time by another name. */
    private static boolean isPartOfUsage(String name) {
        return name.equals(EventReading.ID)
                || EventReading.USAGES.contains(name)
                || TokenUsage.TABLE.find(name) != null;
    }
}
