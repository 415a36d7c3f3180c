package gpuanalytics.placement;

import gpuanalytics.placement.extender.Extender;
import gpuanalytics.placement.extender.ExtenderConfig;
import gpuanalytics.placement.podevents.PodEventLog;
import gpuanalytics.placement.podevents.PodEventsConfig;
import gpuanalytics.placement.podevents.PodHistory;
import gpuanalytics.placement.podevents.PodObserver;
import gpuanalytics.placement.trace.BadInputException;
import gpuanalytics.placement.trace.TracePod;
import gpuanalytics.placement.trace.TraceReader;
import gpuanalytics.placement.watch.ClusterWatch;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.health.PartHealth;
import gpuanalytics.service.kubernetes.KubernetesAccess;
import gpuanalytics.service.kubernetes.KubernetesApi;
import gpuanalytics.service.lifecycle.Closing;
import gpuanalytics.service.lifecycle.Periodic;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** The extender with what it knows from: the cluster's API, and the topic of pods' history. */
final class Scheduling implements AutoCloseable {

    private static final int MAX_TYPICAL_PODS = 1_000_000;
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Config config;
    private final Extender extender;
    private final ClusterWatch watch;
    private final PodEventLog log;
    private final PartHealth cluster;
    private final PartHealth history;
    private final Periodic looks;

    /**
     * What it is to do.
     *
     * @param kubernetes the API of the cluster
     */
    record Config(ExtenderConfig extender, PodEventsConfig events, KubernetesAccess kubernetes) {

        /** Reads every variable; errors are left in the reader. */
        static Config read(EnvironmentReader env) {
            return new Config(
                    ExtenderConfig.read(env),
                    PodEventsConfig.read(env),
                    KubernetesAccess.read(env));
        }
    }

    private Scheduling(Config config, Forecasting forecasting) {
        this.config = config;
        var clock = Clock.systemUTC();
        cluster = new PartHealth("kubernetes", "nodes and pods are not known yet", clock);
        history = new PartHealth("pod events", "not read yet", clock);
        var pods = new PodHistory(config.events().retention(), clock);
        extender =
                Extender.of(
                        config.extender(),
                        typicalPods(config.extender()),
                        forecasting.forecasts(),
                        pods,
                        new KubernetesApi(config.kubernetes()));
        forecasting.learnWith(extender::fragmentGpus);
        var observer = new PodObserver(pods, clock);
        log = PodEventLog.start(config.events(), pods, observer, history, clock);
        watch =
                new ClusterWatch(
                        config.kubernetes(),
                        extender.nodeListener(),
                        ClusterWatch.toAll(
                                List.of(extender.podListener(), observer, forecasting.pods())));
        looks = new Periodic("cluster-health", LOOK, this::look);
    }

    /**
     * Starts.
     *
     * @throws ConfigurationException where no API is known, or the usual pods cannot be read
     */
    static Scheduling start(Config config, Forecasting forecasting) {
        if (config.kubernetes().url().isEmpty()) {
            throw new ConfigurationException(
                    List.of(
                            "KUBERNETES_API_URL is empty, expected the API of the cluster whose"
                                    + " pods are placed (PLACEMENT_EXTENDER is true)"));
        }
        var scheduling = new Scheduling(config, forecasting);
        scheduling.watch.start();
        return scheduling;
    }

    private static List<TracePod> typicalPods(ExtenderConfig config) {
        if (config.typicalPods().isEmpty()) {
            return List.of();
        }
        try {
            return new TraceReader(1, MAX_TYPICAL_PODS).pods(config.typicalPods().get()).rows();
        } catch (BadInputException e) {
            throw new ConfigurationException(List.of("PLACEMENT_TYPICAL_PODS_FILE: " + e.line()));
        }
    }

    private void look() {
        watch.problem()
                .ifPresentOrElse(cluster::down, () -> cluster.up("nodes and pods are known"));
    }

    Extender extender() {
        return extender;
    }

    ExtenderConfig config() {
        return config.extender();
    }

    List<HealthReport.Part> health() {
        return List.of(cluster.report(), history.report());
    }

    @Override
    public void close() {
        Closing.inOrder(looks, watch, log);
    }
}
