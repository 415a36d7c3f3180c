package gpuanalytics.local;

import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.EmbeddedStore;
import gpuanalytics.embedded.Ports;
import gpuanalytics.local.LocalOptions.Source;
import gpuanalytics.local.demo.DemoConfig;
import gpuanalytics.local.demo.DemoEvening;
import gpuanalytics.processor.Processor;
import gpuanalytics.processor.ProcessorConfig;
import gpuanalytics.processor.price.PriceConfig;
import gpuanalytics.processor.store.StoreConfig;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.producer.Producer;
import gpuanalytics.producer.ProducerConfig;
import gpuanalytics.producer.SourceKind;
import gpuanalytics.producer.receive.DoorKind;
import gpuanalytics.producer.source.SourceConfig;
import gpuanalytics.producer.source.synthetic.FleetSummary;
import gpuanalytics.producer.source.synthetic.SyntheticConfig;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.lifecycle.Closing;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Broker, store, processor and producer, wired together; nothing here does their work.
 *
 * <p>They end in the reverse order of their start, so that what is published is stored.
 */
final class LocalPipeline implements AutoCloseable {

    private static final String LOOPBACK = "http://127.0.0.1:%d";

    /** Who looks at a fresh fleet does not want to wait. */
    private static final String LOCAL_ROLLUP_FLUSH_MS = "1000";

    /** Broker, store and producers share the heap with the processor. */
    private static final String LOCAL_BUFFER_BYTES = "16 MiB";

    private static final String LOCAL_DOOR_BYTES = "16 MiB";
    private static final String LOCAL_ROLLUP_FLUSH_BYTES = "4 MiB";

    /** Every query may reach back to the oldest trace. */
    private static final String ALL_DAYS = "36500";

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final AtomicReference<@Nullable String> storeEnd = new AtomicReference<>();
    private final EmbeddedBroker broker;
    private final String storeUrl;
    private final Processor processor;
    private final ProducerConfig producerConfig;
    private final boolean isDemo;
    private @Nullable Producer producer;

    private LocalPipeline(
            LocalOptions options, LocalConfig config, Map<String, String> environment) {
        try {
            broker = opened(EmbeddedBroker.start(brokerOptions(config)));
            storeUrl =
                    config.storeUrl()
                            .orElseGet(
                                    () ->
                                            opened(
                                                            EmbeddedStore.start(
                                                                    storeOptions(config)
                                                                            .telling(
                                                                                    storeEnd::set)))
                                                    .url());
            var variables = variables(options, environment);
            var processorConfig = processorConfig(config, variables);
            isDemo = options.demo();
            producerConfig = producerConfig(variables, isDemo ? config.demo() : Duration.ZERO);
            broker.createTopics(LocalTopics.of(variables, config.partitions()));
            processor = opened(Processor.start(processorConfig));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * Starts everything but the producer.
     *
     * @throws ConfigurationException with every bad value
     * @throws IllegalStateException when a part cannot start, in one line
     */
    static LocalPipeline start(
            LocalOptions options, LocalConfig config, Map<String, String> environment) {
        // Checked before anything starts: a bad value must not leave a half-made directory.
        var variables = new HashMap<>(environment);
        variables.putAll(chosen(options));
        checkAll(
                () -> ProcessorConfig.fromEnvironment(variables),
                () -> ProducerConfig.fromEnvironment(variables));
        Ports.requireFree(options.port(), "HTTP");
        requireFreeDoors(variables);
        return new LocalPipeline(options, config, environment);
    }

    /** The doors are opened last, so a port that is taken is named before anything starts. */
    private static void requireFreeDoors(Map<String, String> variables) {
        var doors = ProducerConfig.fromEnvironment(variables).doors();
        for (var kind : doors.open()) {
            Ports.requireFree(
                    doors.port(kind),
                    "the door for %s; DOOR_%s_PORT takes another, --doors off closes both"
                            .formatted(kind, kind));
        }
    }

    /** Reads all configurations before it complains, so that every bad value is said at once. */
    private static void checkAll(Runnable... configurations) {
        var errors = new LinkedHashSet<String>();
        for (var configuration : configurations) {
            try {
                configuration.run();
            } catch (ConfigurationException e) {
                errors.addAll(e.errors());
            }
        }
        if (!errors.isEmpty()) {
            throw new ConfigurationException(List.copyOf(errors));
        }
    }

    EmbeddedBroker broker() {
        return broker;
    }

    String storeUrl() {
        return storeUrl;
    }

    /** Why the store cannot go on, in one line; empty while it does. */
    Optional<String> storeEnd() {
        return Optional.ofNullable(storeEnd.get());
    }

    Processor processor() {
        return processor;
    }

    /**
     * Starts the producer; everything else runs already.
     *
     * @throws ConfigurationException if a trace cannot be replayed
     */
    Producer produce() {
        var started = opened(Producer.start(producerConfig));
        producer = started;
        return started;
    }

    /** What happens at the end of the demonstration's day. */
    Optional<DemoEvening> evening() {
        if (!isDemo) {
            return Optional.empty();
        }
        var door = Optional.ofNullable(producer().doorPorts().get(DoorKind.HTTP));
        return Optional.of(
                opened(
                        new DemoEvening(
                                LOOPBACK.formatted(processor.httpPort()),
                                door.map(LOOPBACK::formatted),
                                this::dayIsStored)));
    }

    private boolean dayIsStored() {
        return producerConfig.sources().get(SourceKind.SYNTHETIC) instanceof DemoConfig demo
                && demo.isOver()
                && processor.stats().lag() == 0;
    }

    Producer producer() {
        return Objects.requireNonNull(producer, "produce() comes first");
    }

    /** What the producer simulates, in one line; nothing where it replays. */
    Optional<String> simulated() {
        return switch (producerConfig.sources().get(SourceKind.SYNTHETIC)) {
            case SyntheticConfig fleet -> Optional.of(summary(fleet));
            case DemoConfig demo ->
                    Optional.of(
                            "%s%n  demo: a day of it in about %d s, then live; it serves until Ctrl-C"
                                    .formatted(summary(demo.fleet()), demo.length().toSeconds()));
            case null, default -> Optional.empty();
        };
    }

    private static String summary(SyntheticConfig fleet) {
        return FleetSummary.of(fleet.options(), fleet.shards().configuredRate());
    }

    /** Where events may be told, in one line; nothing where they may not. */
    Optional<String> openDoors() {
        return producerConfig.doors().open().isEmpty()
                ? Optional.empty()
                : Optional.of(
                        producer().doorPorts().entrySet().stream()
                                .map(
                                        door ->
                                                "%s 127.0.0.1:%d"
                                                        .formatted(
                                                                door.getKey().label(),
                                                                door.getValue()))
                                .collect(Collectors.joining(", ")));
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    private static EmbeddedBroker.Options brokerOptions(LocalConfig config) {
        var options =
                EmbeddedBroker.Options.defaults()
                        .on(config.brokerPort())
                        .keeping(config.log().bytes(), config.log().retention());
        return config.dataDirectory()
                .map(directory -> options.in(directory.resolve("broker")))
                .orElse(options);
    }

    private static EmbeddedStore.Options storeOptions(LocalConfig config) {
        var options =
                EmbeddedStore.Options.defaults()
                        .on(config.storePort())
                        .keeping(
                                Map.of(
                                        StoreLayout.GPU_METRICS, config.rawBytes(),
                                        StoreLayout.TOKEN_USAGE, config.rawBytes(),
                                        StoreLayout.GPU_MINUTE, config.rollupBytes(),
                                        StoreLayout.TOKEN_MINUTE, config.rollupBytes(),
                                        StoreLayout.GPU_HOUR, config.rollupBytes(),
                                        StoreLayout.TOKEN_HOUR, config.rollupBytes()));
        return config.dataDirectory()
                .map(directory -> options.in(directory.resolve("store")))
                .orElse(options);
    }

    private Map<String, String> variables(LocalOptions options, Map<String, String> environment) {
        var variables = new HashMap<>(environment);
        variables.putIfAbsent("BUFFER_BYTES", LOCAL_BUFFER_BYTES);
        variables.putIfAbsent("PRICES_FILE", PriceConfig.EXAMPLE);
        variables.putIfAbsent("DOOR_MAX_BYTES", LOCAL_DOOR_BYTES);
        variables.putIfAbsent("ROLLUP_FLUSH_MS", LOCAL_ROLLUP_FLUSH_MS);
        variables.putIfAbsent("ROLLUP_FLUSH_BYTES", LOCAL_ROLLUP_FLUSH_BYTES);
        variables.putAll(chosen(options));
        var doorPort = variables.getOrDefault("DOOR_HTTP_PORT", "");
        if (!doorPort.isBlank() && !doorPort.equals("0")) {
            variables.putIfAbsent("DASHBOARD_DOOR_URL", "http://127.0.0.1:" + doorPort);
        }
        variables.put("KAFKA_BOOTSTRAP", broker.bootstrapServers());
        variables.put("MONGO_URL", storeUrl);
        return variables;
    }

    /** What the command line sets, over the environment. */
    private static Map<String, String> chosen(LocalOptions options) {
        var chosen = new HashMap<String, String>();
        // Broker and store are the embedded ones, whatever the environment names.
        chosen.put("KAFKA_BOOTSTRAP", "");
        chosen.put("MONGO_URL", "");
        chosen.put("MONGO_URL_FILE", "");
        chosen.put("SOURCES", "");
        chosen.put("HTTP_HOST", "127.0.0.1");
        chosen.put("HTTP_PORT", Integer.toString(options.port()));
        chosen.put("QUERY_MAX_DAYS", ALL_DAYS);
        // Raw events are kept for too short to recompute an hour from them.
        chosen.put("AUDIT_INTERVAL_S", "0");
        chosen.put("SHUTDOWN_TIMEOUT_MS", "3000");
        chosen.put("DOORS", options.doors() ? "http,grpc" : "");
        chosen.put("DOOR_HTTP_HOST", "127.0.0.1");
        chosen.put("DOOR_GRPC_HOST", "127.0.0.1");
        if (options.port() == 0) {
            chosen.put("DOOR_HTTP_PORT", "0");
            chosen.put("DOOR_GRPC_PORT", "0");
        }
        options.rate().ifPresent(rate -> chosen.put("RATE", Double.toString(rate)));
        if (options.source() == Source.REPLAY) {
            chosen.put("SOURCE", "replay");
            chosen.put("REPLAY_FILES", String.join(",", options.files()));
            chosen.put("REPLAY_SPEED", options.speed());
            chosen.put("REPLAY_LOOP", Boolean.toString(options.loop()));
            if (options.lenient()) {
                chosen.put("REPLAY_LENIENT", "true");
            }
        } else {
            chosen.put("SOURCE", "synthetic");
        }
        return chosen;
    }

    /** The embedded store is small: it keeps what the run's own configuration says. */
    private static ProcessorConfig processorConfig(
            LocalConfig config, Map<String, String> variables) {
        var read = ProcessorConfig.fromEnvironment(variables);
        if (config.storeUrl().isPresent()) {
            return read;
        }
        var store = read.store();
        var bounded =
                new StoreConfig(
                        store.url(),
                        store.database(),
                        config.kept().raw(),
                        config.kept().minute(),
                        config.kept().hour(),
                        store.answerTimeout());
        return read.with(bounded);
    }

    /**
     * What the producer does.
     *
     * @param day in which time it begins with a day; zero for without
     */
    private static ProducerConfig producerConfig(Map<String, String> variables, Duration day) {
        var own = new HashMap<>(variables);
        own.put("HTTP_PORT", "0");
        var read = ProducerConfig.fromEnvironment(own);
        if (!day.isZero()
                && read.sources().get(SourceKind.SYNTHETIC) instanceof SyntheticConfig fleet) {
            var sources =
                    Map.<SourceKind, SourceConfig>of(
                            SourceKind.SYNTHETIC, new DemoConfig(fleet, day));
            return new ProducerConfig(read.kafka(), sources, read.doors(), read.http());
        }
        return read;
    }

    @Override
    public void close() {
        Closing.inOrder(parts); // a stack: the last one started comes first
        parts.clear();
    }
}
