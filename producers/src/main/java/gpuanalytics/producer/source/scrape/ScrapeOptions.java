package gpuanalytics.producer.source.scrape;

import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.kubernetes.KubernetesAccess;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What is scraped, and how.
 *
 * @param name of the source, in health
 * @param targets exporters by their addresses
 * @param names exporters behind names of DNS, each with all its addresses
 * @param pods exporters that are pods
 * @param discovery from one look for targets to the next
 * @param interval from one scrape of a target to the next, at its multiples
 * @param timeout how long a target may take to answer
 * @param limits how much there may be
 * @param trust between the source and its targets
 */
public record ScrapeOptions(
        String name,
        List<URI> targets,
        List<URI> names,
        Optional<Pods> pods,
        Duration discovery,
        Duration interval,
        Duration timeout,
        Limits limits,
        Trust trust) {

    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;

    public ScrapeOptions {
        targets = List.copyOf(targets);
        names = List.copyOf(names);
    }

    /**
     * Pods that are targets.
     *
     * @param selector their labels, as kubectl takes them
     * @param namespace where they are; empty for all
     * @param uri where their metrics are; its host stands for the pod's address
     */
    public record Pods(
            KubernetesAccess access, String selector, Optional<String> namespace, URI uri) {}

    /**
     * How much there may be.
     *
     * @param targets the most targets
     * @param bodyBytes the longest answer of a target
     * @param series the most series of interest of a target
     * @param parallel the most targets that are asked at the same time
     */
    public record Limits(int targets, int bodyBytes, int series, int parallel) {}

    /**
     * What the source and its targets know each other by.
     *
     * @param token the file with the bearer token that targets want
     * @param authorities the certificates that targets are trusted by, PEM; empty for Java's own
     */
    public record Trust(Optional<Path> token, Optional<Path> authorities) {

        private static Trust read(EnvironmentReader env, String prefix) {
            return new Trust(
                    env.text(
                                    prefix + "_TOKEN_FILE",
                                    "A file with the bearer token that the targets want, read"
                                            + " again for each round")
                            .map(Path::of),
                    env.text(
                                    prefix + "_CA_FILE",
                                    "Certificates, PEM, that targets with https are trusted by;"
                                            + " Java's own by default")
                            .map(Path::of));
        }
    }

    /**
     * What differs from source to source.
     *
     * @param prefix of its variables
     * @param port that its exporters listen on
     * @param intervalS how often they have something new
     */
    public record Kind(String prefix, int port, int intervalS) {

        private String example() {
            return "http://node-1:%d/metrics".formatted(port);
        }
    }

    /**
     * Reads every variable; errors are left in the reader.
     *
     * @param chosen whether it is to run, and so needs targets
     */
    public static ScrapeOptions read(
            EnvironmentReader env, Kind kind, KubernetesAccess access, boolean chosen) {
        var prefix = kind.prefix();
        var options =
                new ScrapeOptions(
                        prefix.toLowerCase(Locale.ROOT),
                        uris(
                                env,
                                prefix + "_TARGETS",
                                "Exporters to scrape, separated by commas, such as "
                                        + kind.example()),
                        uris(
                                env,
                                prefix + "_DNS",
                                "The same, where a name stands for all its addresses, looked up"
                                        + " again and again"),
                        readPods(env, kind, access),
                        seconds(
                                env,
                                prefix + "_DISCOVERY_S",
                                30,
                                "Seconds between two look-ups of names"),
                        seconds(
                                env,
                                prefix + "_INTERVAL_S",
                                kind.intervalS(),
                                "Seconds between two scrapes of a target"),
                        readTimeout(env, prefix),
                        readLimits(env, prefix),
                        Trust.read(env, prefix));
        if (chosen) {
            options.requireTargets(env, prefix);
        }
        return options;
    }

    private void requireTargets(EnvironmentReader env, String prefix) {
        if (targets.isEmpty() && names.isEmpty() && pods.isEmpty()) {
            env.error(
                    "%s_TARGETS, %s_DNS and %s_PODS are not set, expected one of them with SOURCE %s"
                            .formatted(prefix, prefix, prefix, name));
        }
    }

    private static Duration readTimeout(EnvironmentReader env, String prefix) {
        return env.duration(
                prefix + "_TIMEOUT_MS",
                ChronoUnit.MILLIS,
                5000,
                100,
                60_000,
                "How long a target may take to answer, in ms");
    }

    private static Limits readLimits(EnvironmentReader env, String prefix) {
        return new Limits(
                env.integer(
                        prefix + "_MAX_TARGETS",
                        1000,
                        1,
                        100_000,
                        "The most targets; further ones are left out and named"),
                (int)
                        env.bytes(
                                prefix + "_MAX_BODY_BYTES",
                                4 * MIB,
                                KIB,
                                256 * MIB,
                                "The longest answer of a target; a longer one is a gap"),
                env.integer(
                        prefix + "_MAX_SERIES",
                        20_000,
                        1,
                        1_000_000,
                        "The most series of interest of a target; more are a gap"),
                env.integer(
                        prefix + "_MAX_PARALLEL",
                        32,
                        1,
                        1000,
                        "The most targets asked at the same time"));
    }

    private static Optional<Pods> readPods(
            EnvironmentReader env, Kind kind, KubernetesAccess access) {
        var prefix = kind.prefix();
        var selector =
                env.text(
                        prefix + "_PODS",
                        "Pods to scrape by their labels, such as app=exporter,tier in (a,b)");
        var namespace =
                env.text(prefix + "_PODS_NAMESPACE", "The namespace of these pods; unset: all");
        var template =
                uri(
                        env,
                        prefix + "_PODS_URL",
                        env.text(
                                prefix + "_PODS_URL",
                                "http://pod:%d/metrics".formatted(kind.port()),
                                "Where these pods have their metrics; the host stands for the"
                                        + " pod's address"));
        if (selector.isPresent() && access.url().isEmpty()) {
            env.error(
                    "%s_PODS is set, expected KUBERNETES_API_URL outside of a cluster"
                            .formatted(prefix));
        }
        return selector.flatMap(
                labels -> template.map(uri -> new Pods(access, labels, namespace, uri)));
    }

    private static Duration seconds(
            EnvironmentReader env, String name, int defaultValue, String description) {
        return env.duration(name, ChronoUnit.SECONDS, defaultValue, 1, 3600, description);
    }

    private static List<URI> uris(EnvironmentReader env, String name, String description) {
        return env.list(name, description).stream()
                .flatMap(address -> uri(env, name, address).stream())
                .distinct()
                .toList();
    }

    private static Optional<URI> uri(EnvironmentReader env, String name, String address) {
        try {
            return Optional.of(Target.parse(address));
        } catch (IllegalArgumentException ignored) {
            env.error("%s is %s, expected host:port or a URL of HTTP".formatted(name, address));
            return Optional.empty();
        }
    }
}
