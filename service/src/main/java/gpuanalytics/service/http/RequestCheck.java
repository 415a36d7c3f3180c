package gpuanalytics.service.http;

import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a request asks for, compared with what an endpoint has. */
final class RequestCheck {

    /** Chooses a media type by its short name where an endpoint knows the parameter. */
    private static final String FORMAT = "format";

    private static final byte[] NO_BODY = {};

    private RequestCheck() {}

    /**
     * The request, still without its body.
     *
     * @throws ProblemException where it asks for what the endpoint has not
     */
    static Endpoint.Request check(RoutingContext context, Endpoint endpoint) {
        checkSeparators(context.request().query());
        var query = query(context, endpoint);
        var mediaType =
                query.containsKey(FORMAT)
                        ? format(query.getOrDefault(FORMAT, List.of()), endpoint)
                        : MediaTypes.best(context.parsedHeaders().accept(), endpoint.produces())
                                .orElseThrow(
                                        () ->
                                                new ProblemException(
                                                        notAcceptable(context, endpoint)));
        var contentType =
                endpoint.body().mediaTypes().isEmpty() ? "" : contentType(context, endpoint);
        return new Endpoint.Request(
                mediaType, context.pathParams(), query, contentType, headers(context), NO_BODY);
    }

    /** The headers by name in lower case. */
    static Map<String, String> headers(RoutingContext context) {
        var headers = new LinkedHashMap<String, String>();
        for (var header : context.request().headers()) {
            headers.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue());
        }
        return headers;
    }

    /**
     * Some servers take a {@code ;} for the end of a parameter and others for a part of its value;
     * who reads it the other way answers another question than was asked.
     */
    private static void checkSeparators(@Nullable String query) {
        if (query == null) {
            return;
        }
        for (var part : query.split("&", -1)) {
            if (part.indexOf(';') >= 0) {
                int end = part.indexOf('=');
                var name = end < 0 ? part.substring(0, part.indexOf(';')) : part.substring(0, end);
                throw new ProblemException(
                        Problem.invalidParameter(
                                name.isEmpty() ? "query" : name,
                                part.substring(end + 1),
                                "no ; in it: & parts parameters, a comma parts values, and a ; in"
                                        + " a value is written %3B"));
            }
        }
    }

    /** The media type that {@code format} names, which goes before what Accept says. */
    private static String format(List<String> values, Endpoint endpoint) {
        if (values.size() == 1) {
            for (var type : endpoint.produces()) {
                if (type.substring(type.indexOf('/') + 1).equals(values.getFirst())) {
                    return type;
                }
            }
        }
        var value = String.join(" and ", values);
        throw new ProblemException(
                Problem.invalidParameter(
                        FORMAT,
                        value.isEmpty() ? "empty" : value,
                        endpoint.produces().stream()
                                .map(type -> type.substring(type.indexOf('/') + 1))
                                .collect(Collectors.joining(" or "))));
    }

    static Endpoint.Request with(Endpoint.Request request, byte[] body) {
        return new Endpoint.Request(
                request.mediaType(),
                request.path(),
                request.query(),
                request.contentType(),
                request.headers(),
                body);
    }

    private static String contentType(RoutingContext context, Endpoint endpoint) {
        var said = context.request().getHeader("content-type");
        if (said == null || said.isBlank()) {
            return endpoint.body().mediaTypes().getFirst();
        }
        return MediaTypes.same(context.parsedHeaders().contentType(), endpoint.body().mediaTypes())
                .orElseThrow(
                        () ->
                                new ProblemException(
                                        Problem.of(
                                                415,
                                                "unsupported-media-type",
                                                Problem.isInsteadOf(
                                                        "Content-Type",
                                                        said,
                                                        oneOf(endpoint.body().mediaTypes())))));
    }

    private static Map<String, List<String>> query(RoutingContext context, Endpoint endpoint) {
        var values = context.queryParams();
        var query = new LinkedHashMap<String, List<String>>();
        for (var name : values.names()) {
            if (!endpoint.parameters().contains(name)) {
                throw new ProblemException(
                        Problem.invalidParameter(
                                name,
                                "unknown",
                                endpoint.parameters().isEmpty()
                                        ? "no parameter"
                                        : oneOf(endpoint.parameters())));
            }
            query.put(name, List.copyOf(values.getAll(name)));
        }
        return query;
    }

    private static Problem notAcceptable(RoutingContext context, Endpoint endpoint) {
        return Problem.of(
                406,
                "not-acceptable",
                Problem.isInsteadOf(
                        "Accept",
                        String.valueOf(context.request().getHeader("accept")),
                        oneOf(endpoint.produces())));
    }

    private static String oneOf(List<String> names) {
        return "one of " + String.join(", ", names);
    }
}
