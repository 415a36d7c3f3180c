package gpuanalytics.producer;

import gpuanalytics.producer.publish.EventPublisher;
import gpuanalytics.producer.publish.KafkaOptions;
import gpuanalytics.producer.publish.KafkaPublisher;
import gpuanalytics.producer.source.replay.ReplayConfig;
import gpuanalytics.producer.source.replay.ReplayOptions;
import gpuanalytics.producer.source.replay.ReplaySource;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.config.Startup;
import gpuanalytics.service.lifecycle.Program;
import gpuanalytics.service.text.Printable;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The sub-command {@code import}: publishes files and ends when all of it is acknowledged. What an
 * event is known by comes from the file's content, so that a second import adds nothing.
 */
final class FileImport {

    /** The sub-command's name. */
    static final String NAME = "import";

    private static final int BATCH = 1000;

    /** What is on its way when Ctrl-C comes has this long to be acknowledged. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    private final ImportOptions options;
    private final KafkaOptions kafka;
    private final ReplaySource source;
    private final Clock clock = Clock.systemUTC();

    private FileImport(ImportOptions options, KafkaOptions kafka, ReplaySource source) {
        this.options = options;
        this.kafka = kafka;
        this.source = source;
    }

    /**
     * Runs it.
     *
     * @param arguments what stands behind the sub-command
     * @return the exit code: 0, {@link Program#EXIT_FAILED}, {@link Startup#EXIT_USAGE} or {@link
     *     Program#EXIT_INCOMPLETE}
     */
    static int run(
            String[] arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "import-logback.xml");
        }
        var line = Arrays.asList(arguments);
        if (line.contains("--help")) {
            out.print(ImportOptions.HELP);
            return 0;
        }
        try {
            var options = ImportOptions.parse(line);
            return of(options, environment).publish(out, err);
        } catch (ConfigurationException e) {
            e.errors().forEach(error -> err.println(Printable.of(error)));
            return Startup.EXIT_USAGE;
        }
    }

    private static FileImport of(ImportOptions options, Map<String, String> environment) {
        var variables = new HashMap<>(environment);
        options.bootstrap().ifPresent(value -> variables.put("KAFKA_BOOTSTRAP", value));
        var reader = new EnvironmentReader(variables);
        var kafka = ProducerConfig.readKafka(reader);
        var price = ProducerConfig.readPrice(reader);
        var limits = ReplayConfig.readLimits(reader);
        reader.check();
        var replay = ReplayOptions.ofImport(options.files(), price, limits, options.lenient());
        return new FileImport(options, kafka, new ReplaySource(replay));
    }

    private int publish(PrintStream out, PrintStream err) {
        var done = new CountDownLatch(1);
        try (source;
                var publisher = new KafkaPublisher(kafka, clock, new SimpleMeterRegistry())) {
            var events = publisher.forSource(NAME);
            var loop = new SampleLoop(source, events, clock, BATCH, () -> Duration.ZERO);
            var hook = Thread.ofPlatform().name("interrupt").unstarted(() -> stop(loop, done));
            Runtime.getRuntime().addShutdownHook(hook);
            var deadline = clock.instant().plus(options.patience());
            if (!events.awaitReady(() -> clock.instant().isAfter(deadline))) {
                return failed(
                        err,
                        "%s; gave up after %d s (--wait)"
                                .formatted(
                                        publisher.health().detail(),
                                        options.patience().toSeconds()));
            }
            loop.run();
            return end(publisher, events, out, err);
        } catch (UncheckedIOException e) {
            return failed(err, "a file cannot be read to its end: " + e.getMessage());
        } finally {
            done.countDown();
        }
    }

    private static void stop(SampleLoop loop, CountDownLatch done) {
        loop.stop();
        try {
            done.await(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int end(
            KafkaPublisher publisher, EventPublisher events, PrintStream out, PrintStream err) {
        var totals = Totals.of(events.delivered(), source.droppedRows());
        out.println("published " + described(totals));
        source.refusedRows().forEach(rows -> err.println(Printable.of(rows)));
        if (publisher.failure().isPresent()) {
            return failed(err, "Kafka refuses records: " + publisher.failure().get());
        }
        if (totals.failures() > 0) {
            return failed(err, "%,d events are too large for Kafka".formatted(totals.failures()));
        }
        if (!source.ended() || events.delivered().underWay() > 0) {
            return failed(err, "interrupted before the end; import again, what is published stays");
        }
        return source.isIncomplete() ? Program.EXIT_INCOMPLETE : 0;
    }

    private static String described(Totals totals) {
        return "%,d requests, %,d prompt and %,d completion tokens, %,d GPU samples"
                .formatted(
                        totals.requests(),
                        totals.promptTokens(),
                        totals.completionTokens(),
                        totals.samples());
    }

    private static int failed(PrintStream err, String why) {
        err.println(Printable.of(why));
        return Program.EXIT_FAILED;
    }
}
