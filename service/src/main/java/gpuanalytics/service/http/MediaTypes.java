package gpuanalytics.service.http;

import io.vertx.ext.web.MIMEHeader;
import java.util.List;
import java.util.Optional;

/** Chooses what a client wants to have among what there is (RFC 9110, section 12.5.1). */
final class MediaTypes {

    private MediaTypes() {}

    /**
     * The offered media type that the client likes best, the first of equals; empty when it takes
     * none.
     *
     * @param accepted what the client says in {@code Accept}; nothing means everything
     * @param offered what there is, such as {@code text/csv}
     */
    static Optional<String> best(List<MIMEHeader> accepted, List<String> offered) {
        String best = null;
        float bestWeight = 0;
        for (var type : offered) {
            float weight = accepted.isEmpty() ? 1 : weight(accepted, type);
            if (weight > bestWeight) {
                best = type;
                bestWeight = weight;
            }
        }
        return Optional.ofNullable(best);
    }

    /** The one of these media types that a body is, whatever its parameters; empty for none. */
    static Optional<String> same(MIMEHeader said, List<String> known) {
        return known.stream().filter(type -> specificity(said, type) == 2).findFirst();
    }

    /** The weight of the most specific range that the type is in; 0 when it is in none. */
    private static float weight(List<MIMEHeader> accepted, String type) {
        int mostSpecific = -1;
        float weight = 0;
        for (var range : accepted) {
            int specificity = specificity(range, type);
            if (specificity > mostSpecific) {
                mostSpecific = specificity;
                weight = range.weight();
            }
        }
        return weight;
    }

    /** 2 for the type itself, 1 for all of its kind, 0 for everything, -1 for others. */
    private static int specificity(MIMEHeader range, String type) {
        int slash = type.indexOf('/');
        boolean sameKind = range.component().equalsIgnoreCase(type.substring(0, slash));
        if (sameKind && range.subComponent().equalsIgnoreCase(type.substring(slash + 1))) {
            return 2;
        }
        boolean anySubtype = range.subComponent().equals("*");
        if (sameKind && anySubtype) {
            return 1;
        }
        return range.component().equals("*") && anySubtype ? 0 : -1;
    }
}
