package gpuanalytics.event;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.event.Decoded.Refusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Readings that were refused where an event came in, on their way to where it is kept: a member
 * beside the fields, {@code "refused":{"power_w":{"reason":"out_of_range","said":"-3"}}}. Under its
 * own name what was said in another unit would be read as something else.
 */
final class PassedOn {

    /** The member's name. */
    static final String REFUSED = "refused";

    private static final String REASON = "reason";
    private static final String SAID = "said";

    private PassedOn() {}

    static void write(JsonGenerator json, List<Refusal> refused) throws IOException {
        if (refused.isEmpty()) {
            return;
        }
        json.writeObjectFieldStart(REFUSED);
        for (var each : refused) {
            json.writeObjectFieldStart(each.field());
            json.writeStringField(REASON, each.reason().label());
            json.writeStringField(SAID, each.said());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    /** The readings that a member tells; none where it is something else. */
    static List<Refusal> read(FieldTable table, Map<String, Json> members) {
        var passed = new ArrayList<Refusal>();
        members.forEach(
                (name, json) -> {
                    if (isField(table, name)
                            && json instanceof Json.Members(var told)
                            && told.get(REASON) instanceof Json.Text(var label)
                            && told.get(SAID) instanceof Json.Text(var said)) {
                        var reason = reason(label);
                        if (reason != null) {
                            passed.add(new Refusal(name, reason, said, true));
                        }
                    }
                });
        return passed;
    }

    private static boolean isField(FieldTable table, String name) {
        return name.equals(Refusal.UNKNOWN_NAMES)
                || table.fields().stream().anyMatch(field -> field.name().equals(name));
    }

    private static @Nullable RejectReason reason(String label) {
        for (var reason : RejectReason.values()) {
            if (reason.label().equals(label)) {
                return reason;
            }
        }
        return null;
    }
}
