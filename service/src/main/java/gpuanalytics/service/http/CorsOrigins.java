package gpuanalytics.service.http;

import gpuanalytics.service.config.EnvironmentReader;
import io.vertx.core.MultiMap;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whose pages may read answers in a browser (the CORS protocol of the Fetch standard): exactly
 * these origins, without credentials; none by default.
 *
 * @param allowed origins as browsers send them, such as {@code https://grafana.example:3000}
 */
public record CorsOrigins(Set<String> allowed) {

    static final int MAX_ORIGINS = 100;

    private static final String VARIABLE = "HTTP_CORS_ORIGINS";

    /** What a browser sends: lower case, without a path, and a port only where it is unusual. */
    private static final Pattern ORIGIN =
            Pattern.compile("https?://([a-z0-9.-]+|\\[[0-9a-f:.]+])(:[1-9][0-9]{0,4})?");

    private static final String PREFLIGHT_SECONDS = "600";

    public CorsOrigins {
        allowed = Set.copyOf(allowed);
    }

    /** Pages of no other origin. */
    public static CorsOrigins none() {
        return new CorsOrigins(Set.of());
    }

    /** The origins that the environment names. */
    public static CorsOrigins read(EnvironmentReader environment) {
        var origins =
                environment.list(
                        VARIABLE,
                        "Origins whose pages may read answers, such as https://grafana.example,"
                                + " separated by commas");
        if (origins.size() > MAX_ORIGINS) {
            environment.error(
                    "%s has %d origins, expected at most %d"
                            .formatted(VARIABLE, origins.size(), MAX_ORIGINS));
            return none();
        }
        for (var origin : origins) {
            if (!isOrigin(origin)) {
                environment.error(
                        "%s has %s, expected scheme://host or scheme://host:port in lower case,"
                                        .formatted(VARIABLE, origin)
                                + " without a path and without the scheme's own port");
                return none();
            }
        }
        return new CorsOrigins(Set.copyOf(origins));
    }

    private static boolean isOrigin(String text) {
        return ORIGIN.matcher(text).matches()
                && text.equals(text.toLowerCase(Locale.ROOT))
                && !(text.startsWith("http:") && text.endsWith(":80"))
                && !(text.startsWith("https:") && text.endsWith(":443"));
    }

    /** What an answer to a request from this origin says; null for a request from no page. */
    void put(@Nullable String origin, MultiMap headers) {
        if (allowed.isEmpty()) {
            return;
        }
        var vary = headers.get("vary");
        headers.set("vary", vary == null ? "origin" : vary + ", origin");
        if (origin != null && allowed.contains(origin)) {
            headers.set("access-control-allow-origin", origin);
            headers.set("access-control-expose-headers", "*");
        }
    }

    /** What the answer to a preflight says beside that. */
    void putPreflight(@Nullable String origin, String methods, MultiMap headers) {
        put(origin, headers);
        if (headers.contains("access-control-allow-origin")) {
            headers.set("access-control-allow-methods", methods);
            headers.set("access-control-allow-headers", "*");
            headers.set("access-control-max-age", PREFLIGHT_SECONDS);
        }
    }
}
