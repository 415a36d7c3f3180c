package gpuanalytics.service.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a request: path, method, media types, parameters, body, answer; every failure becomes
 * a {@link Problem}.
 */
final class EndpointRouter {

    private static final Logger log = LoggerFactory.getLogger(EndpointRouter.class);

    private static final String NO_ENDPOINT = "none";
    private static final int BAD_REQUEST = 400;

    private final Vertx vertx;
    private final Routes routes;
    private final HttpSettings settings;
    private final Connections connections;
    private final HttpMetrics metrics;

    EndpointRouter(
            Vertx vertx,
            Routes routes,
            HttpSettings settings,
            Connections connections,
            HttpMetrics metrics) {
        this.vertx = vertx;
        this.routes = routes;
        this.settings = settings;
        this.connections = connections;
        this.metrics = metrics;
    }

    Router router() {
        var router = Router.router(vertx);
        byPath().forEach(
                        (path, methods) ->
                                router.route(routePath(path))
                                        .handler(context -> dispatch(exchange(context), methods)));
        router.route().handler(context -> fail(exchange(context), notFound(context)));
        router.errorHandler(400, context -> fail(exchange(context), problem(failure(context))));
        router.errorHandler(500, context -> fail(exchange(context), problem(failure(context))));
        return router;
    }

    private Exchange exchange(RoutingContext context) {
        var exchange = new Exchange(context, settings, metrics);
        var connection = context.request().connection();
        connections.begun(connection);
        exchange.onEnd(() -> connections.ended(connection));
        return exchange;
    }

    private Map<String, Map<Endpoint.Method, Endpoint>> byPath() {
        var paths = new LinkedHashMap<String, Map<Endpoint.Method, Endpoint>>();
        for (var endpoint : routes.endpoints()) {
            var methods =
                    paths.computeIfAbsent(
                            endpoint.path(), _ -> new EnumMap<>(Endpoint.Method.class));
            if (methods.put(endpoint.method(), endpoint) != null) {
                throw new IllegalArgumentException(
                        "%s %s is there twice, expected once"
                                .formatted(endpoint.method(), endpoint.path()));
            }
        }
        return paths;
    }

    /** The path as Vert.x writes it: {@code /gpus/:id/series}. */
    private static String routePath(String path) {
        return path.replaceAll("\\{(\\w+)}", ":$1");
    }

    private void dispatch(Exchange exchange, Map<Endpoint.Method, Endpoint> methods) {
        var method = exchange.context().request().method();
        var endpoint = methods.get(served(method));
        if (endpoint != null) {
            respond(exchange, endpoint);
        } else if (method.equals(HttpMethod.OPTIONS)) {
            options(exchange, methods);
        } else {
            fail(exchange, notAllowed(method, methods));
        }
    }

    /** The method of the endpoint that answers; null where none can. */
    private static Endpoint.@Nullable Method served(HttpMethod method) {
        if (method.equals(HttpMethod.HEAD)) {
            return Endpoint.Method.GET;
        }
        for (var known : Endpoint.Method.values()) {
            if (known.name().equals(method.name())) {
                return known;
            }
        }
        return null;
    }

    private void options(Exchange exchange, Map<Endpoint.Method, Endpoint> methods) {
        var response = exchange.response().setStatusCode(204);
        SecurityHeaders.put(response.headers());
        var methodsAllowed = allowed(methods);
        settings.origins().putPreflight(exchange.origin(), methodsAllowed, response.headers());
        var _ = response.putHeader("allow", methodsAllowed).end();
    }

    private static String allowed(Map<Endpoint.Method, Endpoint> methods) {
        var allowed = new ArrayList<String>();
        for (var method : methods.keySet()) {
            allowed.add(method.name());
            if (method == Endpoint.Method.GET) {
                allowed.add("HEAD");
            }
        }
        allowed.add("OPTIONS");
        return String.join(", ", allowed);
    }

    private void respond(Exchange exchange, Endpoint endpoint) {
        try {
            endpoint.intake().admission().check(RequestCheck.headers(exchange.context()));
            var request = RequestCheck.check(exchange.context(), endpoint);
            if (endpoint.body().mediaTypes().isEmpty()) {
                answer(exchange, endpoint, request);
            } else {
                readBody(exchange, endpoint, request);
            }
        } catch (ProblemException e) {
            send(exchange, endpoint, refusal(exchange, endpoint, e.problem()));
        }
    }

    /** The problem as the endpoint's clients understand it. */
    private static Answer refusal(Exchange exchange, Endpoint endpoint, Problem problem) {
        var said = exchange.context().request().getHeader("content-type");
        return endpoint.intake().refusal().of(problem, said == null ? "" : said);
    }

    /** What a body holds is others', so it may not take for ever. */
    private void readBody(Exchange exchange, Endpoint endpoint, Endpoint.Request request) {
        long timer =
                vertx.setTimer(
                        settings.readTimeout().toMillis(),
                        _ -> {
                            if (exchange.claim()) {
                                exchange.cutOff();
                            }
                        });
        var incoming = exchange.context().request();
        var arrived = connections.sending(incoming.connection());
        exchange.onEnd(
                () -> {
                    vertx.cancelTimer(timer);
                    arrived.run();
                });
        var reader =
                new BodyReader(
                        incoming,
                        endpoint.body().maxBytes(),
                        endpoint.intake().budget(),
                        body -> {
                            vertx.cancelTimer(timer);
                            arrived.run();
                            answer(exchange, endpoint, RequestCheck.with(request, body));
                        },
                        problem -> send(exchange, endpoint, refusal(exchange, endpoint, problem)));
        exchange.onEnd(reader::release);
        reader.read();
    }

    private void answer(Exchange exchange, Endpoint endpoint, Endpoint.Request request) {
        try {
            var gate = endpoint.gate();
            if (gate == null) {
                send(exchange, endpoint, endpoint.responder().respond(request));
            } else {
                work(exchange, endpoint, request, gate);
            }
        } catch (InterruptedException | IOException | RuntimeException e) {
            send(exchange, endpoint, refusal(exchange, endpoint, problem(e)));
        }
    }

    /** Whoever is first answers: the work, the time limit, or nobody where the client has gone. */
    private void work(
            Exchange exchange, Endpoint endpoint, Endpoint.Request request, WorkGate gate) {
        var worker = gate.enter(() -> workAndDeliver(exchange, endpoint, request));
        long timer =
                vertx.setTimer(
                        gate.timeout().toMillis(),
                        _ -> {
                            if (exchange.claim()) {
                                worker.interrupt();
                                var late = problem(new WorkTimeoutException(gate.timeout()));
                                exchange.send(
                                        endpoint.path(),
                                        endpoint.headers(),
                                        refusal(exchange, endpoint, late));
                            }
                        });
        exchange.onEnd(() -> vertx.cancelTimer(timer));
        exchange.onClientGone(
                () -> {
                    var _ = exchange.claim();
                    worker.interrupt();
                });
        worker.start();
    }

    private void workAndDeliver(Exchange exchange, Endpoint endpoint, Endpoint.Request request) {
        var answer = made(exchange, endpoint, request);
        if (!exchange.claim()) {
            return;
        }
        try {
            exchange.deliver(endpoint.path(), endpoint.headers(), answer);
        } catch (ClientGoneException | InterruptedException | InterruptedIOException e) {
            log.atDebug().addKeyValue("path", endpoint.path()).setCause(e).log("not delivered");
            exchange.abandon();
        } catch (IOException | RuntimeException | Error e) {
            log.atError().addKeyValue("path", endpoint.path()).setCause(e).log("answer broke off");
            exchange.breakOff(endpoint.path(), Problem.internalError().answer());
        }
    }

    /** Also an Error is answered: nobody else would answer the request. */
    private Answer made(Exchange exchange, Endpoint endpoint, Endpoint.Request request) {
        try {
            return endpoint.responder().respond(request);
        } catch (Throwable e) {
            return refusal(exchange, endpoint, problem(e));
        }
    }

    private static void send(Exchange exchange, Endpoint endpoint, Answer answer) {
        if (exchange.claim()) {
            exchange.send(endpoint.path(), endpoint.headers(), answer);
        }
    }

    private static void fail(Exchange exchange, Problem problem) {
        if (exchange.claim()) {
            exchange.send(NO_ENDPOINT, Map.of(), problem.answer());
        }
    }

    private static Throwable failure(RoutingContext context) {
        var failure = context.failure();
        if (failure != null) {
            return failure;
        }
        // a path that cannot be decoded comes with neither a failure nor a status
        int status = context.statusCode();
        return new HttpException(status < BAD_REQUEST ? BAD_REQUEST : status);
    }

    private Problem problem(Throwable failure) {
        if (failure instanceof ProblemException known) {
            return known.problem();
        }
        return routes.problemOf().apply(failure).orElseGet(() -> general(failure));
    }

    private static Problem general(Throwable failure) {
        return switch (failure) {
            case WorkTimeoutException late ->
                    Problem.of(504, "timeout", String.valueOf(late.getMessage()));
            case HttpException refused when refused.getStatusCode() == BAD_REQUEST ->
                    Problem.of(
                            400,
                            "malformed-request",
                            "the URL is malformed, expected percent-encoded UTF-8 (RFC 3986)");
            default -> {
                log.atError().setCause(failure).log("request failed");
                yield Problem.internalError();
            }
        };
    }

    private static Problem notAllowed(HttpMethod method, Map<Endpoint.Method, Endpoint> methods) {
        var allowed = allowed(methods);
        return Problem.of(
                        405,
                        "method-not-allowed",
                        Problem.isInsteadOf("method", method.name(), "one of " + allowed))
                .withHeader("allow", allowed);
    }

    private Problem notFound(RoutingContext context) {
        var path = context.normalizedPath();
        return Problem.notFound(
                Problem.isInsteadOf("path", path, routes.expectedPath().apply(path)));
    }
}
