package gpuanalytics.service.http;

import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a request asks for, compared with what an endpoint has. */
final class RequestCheck {

    private static final byte[] NO_BODY = {};

    private RequestCheck() {}

    /**
     * The request, still without its body.
     *
     * @throws ProblemException where it asks for what the endpoint has not
     */
    static Endpoint.Request check(RoutingContext context, Endpoint endpoint) {
        var mediaType =
                MediaTypes.best(context.parsedHeaders().accept(), endpoint.produces())
                        .orElseThrow(() -> new ProblemException(notAcceptable(context, endpoint)));
        var contentType = endpoint.accepts().isEmpty() ? "" : contentType(context, endpoint);
        return new Endpoint.Request(
                mediaType,
                context.pathParams(),
                query(context, endpoint),
                contentType,
                headers(context),
                NO_BODY);
    }

    /** The headers by name in lower case. */
    static Map<String, String> headers(RoutingContext context) {
        var headers = new LinkedHashMap<String, String>();
        for (var header : context.request().headers()) {
            headers.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue());
        }
        return headers;
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
            return endpoint.accepts().getFirst();
        }
        return MediaTypes.same(context.parsedHeaders().contentType(), endpoint.accepts())
                .orElseThrow(
                        () ->
                                new ProblemException(
                                        Problem.of(
                                                415,
                                                "unsupported-media-type",
                                                Problem.isInsteadOf(
                                                        "Content-Type",
                                                        said,
                                                        oneOf(endpoint.accepts())))));
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
