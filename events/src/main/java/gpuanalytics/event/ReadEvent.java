package gpuanalytics.event;

import gpuanalytics.event.Decoded.Refusal;
import gpuanalytics.event.Decoded.Rejected;
import java.util.ArrayList;
import java.util.List;

/**
 * An event as it was read: its values, and what was said beside them.
 *
 * @param values the values that are good; what its envelope says is filled in
 */
record ReadEvent(EventReading said, Event.Builder values) {

    /** So many names that mean nothing are shown. */
    private static final int MAX_SHOWN = 3;

    /**
     * The event that an object is.
     *
     * @throws RejectedException where something that it cannot do without is bad
     */
    static ReadEvent of(EventTopic topic, Json.Members record) throws RejectedException {
        var said = new EventReading(topic, Shapes.event(topic, record));
        var fatal = said.fatal();
        if (fatal != null) {
            throw new RejectedException(fatal);
        }
        var values = said.values(topic);
        var wrong = topic == EventTopic.TOKEN_USAGE ? UsageRules.apply(said, values) : null;
        if (wrong != null) {
            throw new RejectedException(wrong);
        }
        return new ReadEvent(said, values);
    }

    /**
     * The event.
     *
     * @throws RejectedException where it is none as a whole
     */
    Event event(EventTopic topic) throws RejectedException {
        var rejected = Validation.checkWhole(topic, values);
        if (rejected != null) {
            var missing = Validation.missing(topic, values);
            throw new RejectedException(missing.isEmpty() ? rejected : why(missing, rejected));
        }
        return values.unchecked();
    }

    /** The readings that the event lacks because of what was said of them. */
    List<Refusal> refused(EventTopic topic) {
        var refused = said.refused();
        boolean empty =
                topic == EventTopic.GPU_METRICS
                        && refused.isEmpty()
                        && !said.unknownNumbers().isEmpty()
                        && GpuMetric.READINGS.stream().noneMatch(values::has);
        if (empty) {
            var names = new ArrayList<>(refused);
            names.add(
                    new Refusal(
                            Refusal.UNKNOWN_NAMES,
                            RejectReason.MISSING_FIELD,
                            String.join(", ", said.unknownNumbers())));
            return names;
        }
        return refused;
    }

    /** What was said instead of a value that is missing: the name that was seen. */
    private Rejected why(List<Field<?>> missing, Rejected rejected) {
        for (var field : missing) {
            var defect = said.defectOf(field);
            if (defect != null) {
                return defect;
            }
        }
        var total = said.total();
        if (total != null && missing.contains(TokenUsage.PROMPT_TOKENS)) {
            return new Rejected(
                    RejectReason.MISSING_FIELD,
                    ("%s is %s alone, expected prompt_tokens or completion_tokens:"
                                    + " what is read and what is written have prices of their own")
                            .formatted(said.totalName(), Excerpt.of(total.toPlainString())));
        }
        return new Rejected(rejected.reason(), rejected.detail() + instead(missing));
    }

    private String instead(List<Field<?>> missing) {
        if (said.unknown().isEmpty()) {
            return "";
        }
        var wanted = new ArrayList<String>();
        for (var field : missing) {
            wanted.add(field.name());
            field.aliases().forEach(alias -> wanted.add(alias.name()));
        }
        var near = NearestName.of(said.unknown(), wanted);
        if (near != null) {
            return "; %s is not known, the nearest known name is %s"
                    .formatted(Excerpt.of(near.seen()), near.known());
        }
        var shown = said.unknown().stream().limit(MAX_SHOWN).map(Excerpt::of).toList();
        return "; not known: " + String.join(", ", shown);
    }
}
