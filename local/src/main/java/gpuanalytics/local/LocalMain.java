package gpuanalytics.local;

import gpuanalytics.local.ApiClient.Totals;
import gpuanalytics.local.demo.DemoConfig;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.text.Printable;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Runs everything in one process and shows how it is doing. */
public final class LocalMain {

    private static final int EXIT_USAGE = 2;
    private static final int EXIT_FAILED = 1;

    private static final Duration TABLE_INTERVAL = Duration.ofSeconds(1);

    /** The open hour is computed for each answer. */
    private static final Duration BILL_INTERVAL = Duration.ofSeconds(5);

    private static final Duration LINE_INTERVAL = Duration.ofSeconds(5);

    /** What is on its way when Ctrl-C comes has this long to be stored. */
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(1);

    private static final Duration STEP = Duration.ofMillis(20);

    private final LocalOptions options;
    private final LocalPipeline pipeline;
    private final ApiClient api;
    private final LiveTable table;
    private final Duration interval;
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private long nextShowNanos = System.nanoTime();
    private long nextBillNanos = nextShowNanos;
    private Bill bill = Bill.NONE;
    private volatile int exitStatus = EXIT_FAILED;

    @SuppressWarnings("SystemConsoleNull") // it is null where output and input are not a terminal
    private LocalMain(LocalOptions options, LocalPipeline pipeline) {
        var console = System.console();
        var isTerminal = console != null && console.isTerminal();
        this.options = options;
        this.pipeline = pipeline;
        this.api = new ApiClient(pipeline.processor().httpPort());
        this.table = new LiveTable(System.out, isTerminal);
        this.interval = isTerminal ? TABLE_INTERVAL : LINE_INTERVAL;
    }

    public static void main(String[] arguments) {
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "local-logback.xml");
        }
        int status = run(Arrays.asList(arguments), System.getenv(), System.out, System.err);
        // Not exit: it would wait for the hook, which waits for the end of this method.
        System.out.flush();
        Runtime.getRuntime().halt(status);
    }

    private static int run(
            List<String> arguments,
            Map<String, String> environment,
            PrintStream out,
            PrintStream err) {
        if (arguments.contains("--help")) {
            out.print(help());
            return 0;
        }
        try {
            var options = LocalOptions.parse(arguments);
            var variables = variables(options, environment);
            var config = LocalConfig.fromEnvironment(variables);
            try (var pipeline = LocalPipeline.start(options, config, variables)) {
                return new LocalMain(options, pipeline).run(out, err);
            }
        } catch (ConfigurationException e) {
            e.errors().forEach(error -> err.println(Printable.of(error)));
            return EXIT_USAGE;
        } catch (IllegalStateException e) {
            err.println(Printable.of(e.getMessage()));
            return EXIT_FAILED;
        }
    }

    /** The environment, and what a demonstration has where that says nothing. */
    private static Map<String, String> variables(
            LocalOptions options, Map<String, String> environment) {
        if (!options.demo()) {
            return environment;
        }
        var variables = new HashMap<>(DemoConfig.variables());
        variables.putAll(environment);
        return variables;
    }

    private static String help() {
        var reader = new EnvironmentReader(Map.of());
        LocalConfig.read(reader);
        var help = new StringBuilder(LocalOptions.HELP).append("Environment:\n");
        for (var variable : reader.declared()) {
            help.append(
                    "  %-26s %s%s%n"
                            .formatted(
                                    variable.name(),
                                    variable.description(),
                                    variable.defaultValue().isEmpty()
                                            ? ""
                                            : " (" + variable.defaultValue() + ")"));
        }
        return help.append("and those of producers and processor, see docs/operations.md\n")
                .toString();
    }

    private int run(PrintStream out, PrintStream err) {
        var hook = Thread.ofPlatform().name("interrupt").unstarted(this::interrupt);
        Runtime.getRuntime().addShutdownHook(hook);
        try (api) {
            exitStatus = follow(out, err);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            pipeline.close();
            closed.countDown();
        }
        return exitStatus;
    }

    private int follow(PrintStream out, PrintStream err) throws InterruptedException {
        printAddresses(out);
        if (options.once()) {
            out.println();
            return new OnceRun(pipeline, api, this::showAndAwaitTick).run(out, err);
        }
        pipeline.produce();
        pipeline.openDoors().ifPresent(doors -> out.println("  doors      " + doors));
        out.println();
        pipeline.evening();
        if (options.open()) {
            Browser.open("http://127.0.0.1:%d/".formatted(pipeline.processor().httpPort()), err);
        }
        runUntilToldToEnd();
        return end(out, err);
    }

    /** Ctrl-C: lets the main thread end the run and waits for that, since the JVM goes with us. */
    private void interrupt() {
        interrupted.countDown();
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.out.flush();
        Runtime.getRuntime().halt(exitStatus);
    }

    private void printAddresses(PrintStream out) {
        var port = pipeline.processor().httpPort();
        out.println("  dashboard  http://127.0.0.1:%d/ (the HTTP API too)".formatted(port));
        out.println("  Kafka      " + pipeline.broker().bootstrapServers());
        out.println("  store      " + shown(pipeline.storeUrl()));
        pipeline.simulated().ifPresent(fleet -> out.println("  simulated  " + fleet));
    }

    /** Without the password that a store of one's own may have. */
    private static String shown(String url) {
        return url.replaceFirst("://[^@/]*@", "://…@");
    }

    private void runUntilToldToEnd() throws InterruptedException {
        long start = System.nanoTime();
        long limit = options.seconds().map(TimeUnit.SECONDS::toNanos).orElse(Long.MAX_VALUE);
        while (System.nanoTime() - start < limit && !pipeline.producer().awaitEnd(Duration.ZERO)) {
            if (showAndAwaitTick()) {
                return;
            }
        }
    }

    /**
     * Shows the table when it is time to, and waits a little; true when the run is to end now.
     *
     * @throws IllegalStateException when there is no store any more, in one line
     */
    private boolean showAndAwaitTick() throws InterruptedException {
        pipeline.storeEnd()
                .ifPresent(
                        why -> {
                            throw new IllegalStateException(why);
                        });
        if (System.nanoTime() - nextShowNanos >= 0) {
            show();
            nextShowNanos = System.nanoTime() + interval.toNanos();
        }
        return interrupted.await(STEP.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void show() throws InterruptedException {
        try {
            var fleet = api.fleet();
            if (System.nanoTime() - nextBillNanos >= 0) {
                bill = api.bill(fleet.gpus());
                nextBillNanos = System.nanoTime() + BILL_INTERVAL.toNanos();
            }
            table.show(pipeline.processor().stats(), api.models(), fleet, bill, System.nanoTime());
        } catch (IOException e) {
            System.err.println(Printable.of("no answer for the table: " + e.getMessage()));
        }
    }

    /** Lets what is on its way arrive, then prints what is stored. */
    private int end(PrintStream out, PrintStream err) throws InterruptedException {
        pipeline.producer().close();
        var failure = pipeline.producer().failure();
        long deadline = System.nanoTime() + DRAIN_LIMIT.toNanos();
        while (OnceRun.underWay(pipeline) > 0 && System.nanoTime() < deadline) {
            Thread.sleep(STEP);
        }
        try {
            Totals totals = api.totals();
            out.println("totals: " + totals);
        } catch (IOException e) {
            err.println(Printable.of("the totals cannot be read: " + e.getMessage()));
            return EXIT_FAILED;
        }
        failure.ifPresent(
                cause -> err.println(Printable.of("the producer failed: " + cause.getMessage())));
        pipeline.producer().refusedRows().forEach(rows -> out.println(Printable.of(rows)));
        return pipeline.producer().exitCode();
    }
}
