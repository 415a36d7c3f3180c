package gpuanalytics.placement.extender;

import gpuanalytics.placement.extender.ExtenderArgs.BadArgsException;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Endpoint.Method;
import gpuanalytics.service.http.HttpMetrics;
import gpuanalytics.service.http.Intake;
import gpuanalytics.service.http.Json;
import gpuanalytics.service.http.WorkGate;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;

/**
 * What a scheduler asks: {@code /scheduler/filter}, {@code /scheduler/prioritize} and {@code
 * /scheduler/bind}; and for people {@code /placement/explain}.
 */
public final class ExtenderEndpoints {

    private static final Duration EXTRA = Duration.ofSeconds(1);
    private static final String NOT_READY = "the nodes and pods of the cluster are not known yet";

    private final Extender extender;
    private final Timer filters;
    private final Timer priorities;
    private final Timer binds;

    private ExtenderEndpoints(Extender extender, MeterRegistry registry) {
        this.extender = extender;
        filters = timer(registry, "filter");
        priorities = timer(registry, "prioritize");
        binds = timer(registry, "bind");
    }

    private static Timer timer(MeterRegistry registry, String verb) {
        return Timer.builder("placement.decision")
                .description("Time to answer a scheduler, without HTTP")
                .tag("verb", verb)
                .publishPercentileHistogram()
                .register(registry);
    }

    /** All of them. */
    public static List<Endpoint> of(
            Extender extender, ExtenderConfig config, MeterRegistry registry, HttpMetrics metrics) {
        var answers = new ExtenderEndpoints(extender, registry);
        var gate =
                new WorkGate(
                        "scheduler",
                        config.maxConcurrent(),
                        config.bindLimit().plus(EXTRA),
                        metrics);
        return List.of(
                question("/scheduler/filter", config, gate, answers::filter),
                question("/scheduler/prioritize", config, gate, answers::prioritize),
                question("/scheduler/bind", config, gate, answers::bind),
                Endpoint.get(
                                ExplainAnswers.PATH,
                                List.of(Json.MEDIA_TYPE),
                                new ExplainAnswers(extender)::respond)
                        .taking(List.of(ExplainAnswers.POD)));
    }

    private static Endpoint question(
            String path, ExtenderConfig config, WorkGate gate, Endpoint.Responder responder) {
        return Endpoint.of(Method.POST, path, List.of(Json.MEDIA_TYPE), responder)
                .accepting(config.maxBodyBytes(), List.of(Json.MEDIA_TYPE))
                .behind(gate)
                .through(
                        new Intake(
                                _ -> {},
                                Intake.OPEN.budget(),
                                (problem, _) ->
                                        path.endsWith("prioritize")
                                                ? ExtenderAnswers.noPriorities()
                                                : ExtenderAnswers.error(problem.detail(), true)));
    }

    private Answer filter(Endpoint.Request request) {
        long began = System.nanoTime();
        try {
            var args = ExtenderArgs.read(request.body());
            if (!extender.isReady()) {
                return ExtenderAnswers.error(NOT_READY, args.isCapitalised());
            }
            if (!args.pod().refusal().isEmpty()) {
                extender.refuse(args.pod());
                return ExtenderAnswers.refused(args, args.pod().refusal());
            }
            var evaluation = extender.filter(args.pod(), args.nodeNames());
            return evaluation.decided().isEmpty()
                    ? ExtenderAnswers.filtered(args, evaluation)
                    : ExtenderAnswers.refused(args, evaluation.decided());
        } catch (BadArgsException e) {
            return ExtenderAnswers.error(e.line(), true);
        } finally {
            filters.record(Duration.ofNanos(System.nanoTime() - began));
        }
    }

    private Answer prioritize(Endpoint.Request request) {
        long began = System.nanoTime();
        try {
            var args = ExtenderArgs.read(request.body());
            return extender.isReady() && args.pod().refusal().isEmpty()
                    ? ExtenderAnswers.prioritized(
                            args, extender.prioritize(args.pod(), args.nodeNames()))
                    : ExtenderAnswers.noPriorities();
        } catch (BadArgsException e) {
            return ExtenderAnswers.noPriorities();
        } finally {
            priorities.record(Duration.ofNanos(System.nanoTime() - began));
        }
    }

    private Answer bind(Endpoint.Request request) throws InterruptedException {
        long began = System.nanoTime();
        try {
            var binding = ExtenderArgs.Binding.read(request.body());
            return ExtenderAnswers.error(
                    extender.isReady()
                            ? extender.bind(
                                    binding.namespace(),
                                    binding.name(),
                                    binding.uid(),
                                    binding.node())
                            : NOT_READY,
                    binding.isCapitalised());
        } catch (BadArgsException e) {
            return ExtenderAnswers.error(e.line(), true);
        } finally {
            binds.record(Duration.ofNanos(System.nanoTime() - began));
        }
    }
}
