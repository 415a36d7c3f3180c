package gpuanalytics.processor.api;

import gpuanalytics.processor.health.HealthReport;
import gpuanalytics.processor.query.InvalidQueryException;
import gpuanalytics.processor.query.QueryTimeoutException;
import gpuanalytics.processor.query.StoreUnavailableException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a request: endpoint, media type, parameters, answer; every failure becomes a {@link
 * Problem}.
 */
final class ApiRouter {

    private static final Logger LOG = LoggerFactory.getLogger(ApiRouter.class);

    private static final String ALLOWED = "GET, HEAD";
    private static final String RETRY_AFTER_S = "5";
    private static final String NO_ENDPOINT = "none";
    private static final int BAD_REQUEST = 400;

    private final Vertx vertx;
    private final Supplier<HealthReport> health;
    private final MeterRegistry metrics;

    ApiRouter(Vertx vertx, Supplier<HealthReport> health, MeterRegistry metrics) {
        this.vertx = vertx;
        this.health = health;
        this.metrics = metrics;
    }

    Router route(List<Endpoint> endpoints) {
        var router = Router.router(vertx);
        for (var endpoint : endpoints) {
            var path = routePath(endpoint);
            router.route(path)
                    .method(HttpMethod.GET)
                    .method(HttpMethod.HEAD)
                    .handler(context -> respond(context, endpoint));
            router.route(path)
                    .handler(context -> fail(context, new ProblemException(notAllowed(context))));
        }
        router.route().handler(context -> fail(context, new ProblemException(notFound(context))));
        router.errorHandler(400, context -> fail(context, failure(context)));
        router.errorHandler(500, context -> fail(context, failure(context)));
        return router;
    }

    /** The path as Vert.x writes it: {@code /gpus/:id/series}. */
    static String routePath(Endpoint endpoint) {
        return endpoint.path().replaceAll("\\{(\\w+)}", ":$1");
    }

    private void respond(RoutingContext context, Endpoint endpoint) {
        var timer = Timer.start(metrics);
        var loop = vertx.getOrCreateContext();
        answer(context, endpoint)
                .recover(failure -> Future.succeededFuture(problem(failure).answer()))
                .onSuccess(
                        answer ->
                                loop.runOnContext(
                                        _ -> {
                                            timer.stop(timer(endpoint.path(), answer.status()));
                                            send(context, answer);
                                        }));
    }

    private Future<Answer> answer(RoutingContext context, Endpoint endpoint) {
        try {
            var request = request(context, endpoint);
            var gate = endpoint.gate();
            return gate == null
                    ? Future.succeededFuture(endpoint.responder().respond(request))
                    : gate.run(() -> endpoint.responder().respond(request));
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private static Endpoint.Request request(RoutingContext context, Endpoint endpoint) {
        var mediaType =
                MediaTypes.best(context.parsedHeaders().accept(), endpoint.mediaTypes())
                        .orElseThrow(() -> new ProblemException(notAcceptable(endpoint)));
        return new Endpoint.Request(
                mediaType,
                context.pathParams(),
                new QueryParameters(context.queryParams(), endpoint.parameters()));
    }

    private static Throwable failure(RoutingContext context) {
        var failure = context.failure();
        return failure == null ? new HttpException(context.statusCode()) : failure;
    }

    private void fail(RoutingContext context, Throwable failure) {
        var answer = problem(failure).answer();
        Timer.start(metrics).stop(timer(NO_ENDPOINT, answer.status()));
        send(context, answer);
    }

    private static void send(RoutingContext context, Answer answer) {
        var response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(answer.status());
        SecurityHeaders.put(response.headers());
        response.putHeader("content-type", answer.contentType());
        response.putHeader("cache-control", "no-store");
        response.putHeader("vary", "accept, accept-encoding");
        answer.headers().forEach(response::putHeader);
        if (context.request().method().equals(HttpMethod.HEAD)) {
            response.putHeader("content-length", Integer.toString(answer.body().length));
            response.end();
            return;
        }
        response.end(Buffer.buffer(answer.body()));
    }

    private Problem problem(Throwable failure) {
        return switch (failure) {
            case ProblemException known -> known.problem();
            case InvalidQueryException invalid -> Problem.of(invalid);
            case StoreUnavailableException away -> storeUnavailable(away);
            case QueryTimeoutException late -> late(late);
            case HttpException refused when refused.getStatusCode() == BAD_REQUEST -> malformed();
            default -> internalError(failure);
        };
    }

    private Problem storeUnavailable(StoreUnavailableException away) {
        LOG.atWarn().addKeyValue("cause", away.getCause()).log("store did not answer a query");
        var detail =
                storePart()
                        .filter(part -> !part.up())
                        .map(ApiRouter::storeDown)
                        .orElse("the store does not answer");
        return Problem.of(Problem.Type.STORE_UNAVAILABLE, detail)
                .withHeader("retry-after", RETRY_AFTER_S);
    }

    /** A store that is away shows itself as a query that gets no answer, too. */
    private Problem late(QueryTimeoutException late) {
        return storePart()
                .filter(part -> !part.up())
                .map(
                        part ->
                                Problem.of(Problem.Type.STORE_UNAVAILABLE, storeDown(part))
                                        .withHeader("retry-after", RETRY_AFTER_S))
                .orElseGet(
                        () ->
                                Problem.of(
                                        Problem.Type.TIMEOUT,
                                        late.getMessage()
                                                + ", expected a shorter range, a filter or a"
                                                + " longer step"));
    }

    private Optional<HealthReport.Part> storePart() {
        return health.get().parts().stream().filter(part -> part.name().equals("store")).findAny();
    }

    private static String storeDown(HealthReport.Part store) {
        return "the store does not answer since %s: %s".formatted(store.since(), store.detail());
    }

    private static Problem internalError(Throwable failure) {
        LOG.atError().setCause(failure).log("request failed");
        return Problem.of(Problem.Type.INTERNAL_ERROR, "the request failed, the log says why");
    }

    private static Problem malformed() {
        return Problem.of(
                Problem.Type.MALFORMED_REQUEST,
                "the URL is malformed, expected percent-encoded UTF-8 (RFC 3986)");
    }

    private static Problem notAcceptable(Endpoint endpoint) {
        return Problem.of(
                Problem.Type.NOT_ACCEPTABLE,
                "Accept takes nothing that this path has, expected one of "
                        + String.join(", ", endpoint.mediaTypes()));
    }

    private static Problem notAllowed(RoutingContext context) {
        return Problem.of(
                        Problem.Type.METHOD_NOT_ALLOWED,
                        "method is %s, expected one of %s"
                                .formatted(context.request().method(), ALLOWED))
                .withHeader("allow", ALLOWED);
    }

    private static Problem notFound(RoutingContext context) {
        var hint =
                context.normalizedPath().startsWith("/gpus/")
                        ? "/gpus/{id}/series, where a slash in the id is written %2F"
                        : "a path of /openapi.yaml";
        return Problem.of(
                Problem.Type.NOT_FOUND,
                "there is nothing at this path, expected %s".formatted(hint));
    }

    private Timer timer(String route, int status) {
        return Timer.builder("processor.http.requests")
                .description("requests by the path that answered them and by status")
                .tag("path", route)
                .tag("status", Integer.toString(status))
                .register(metrics);
    }
}
