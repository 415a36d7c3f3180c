package gpuanalytics.bench;

import gpuanalytics.bench.contender.Ours;
import gpuanalytics.bench.load.LateFeedException;
import gpuanalytics.bench.load.Load;
import gpuanalytics.bench.load.TopicFiller;
import gpuanalytics.bench.load.Workload;
import gpuanalytics.bench.measure.LiveRun;
import gpuanalytics.bench.measure.PublishMain;
import gpuanalytics.bench.measure.PublishMain.Who;
import gpuanalytics.bench.measure.StartToReady;
import gpuanalytics.bench.process.BrokerMain;
import gpuanalytics.bench.process.ChildJvm;
import gpuanalytics.bench.report.Figures;
import gpuanalytics.bench.report.Machine;
import gpuanalytics.bench.report.PerformancePage;
import gpuanalytics.bench.report.RaceResult;
import gpuanalytics.bench.report.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.internals.AppInfoParser;

/** Who moves the records of a topic into a store faster, and at what cost: all in one command. */
public final class RaceMain {

    /** Below this the short form warns; it is a figure to look at, never a test. */
    private static final double EXPECTED_RATIO = 2.0;

    private static final int STARTS = 5;

    /** As workload b has. */
    private static final int GPUS = 1000;

    /** The default and the longest. */
    private static final List<Duration> FLUSHES =
            List.of(Duration.ofSeconds(2), Duration.ofSeconds(10));

    /** Half is the goal; at the others feed, broker and store leave more of the machine. */
    private static final List<Share> SHARES_OF_RATE =
            List.of(
                    new Share("half", 0.5),
                    new Share("a quarter", 0.25),
                    new Share("a tenth", 0.1));

    private static final int PUBLISHED = 1_000_000;
    private static final int PUBLISHING_ROUNDS = 3;

    private RaceMain() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (List.of(arguments).contains("--help")) {
            System.out.print(RaceOptions.HELP);
            System.exit(0);
        }
        try {
            run(RaceOptions.parse(arguments));
        } catch (IllegalArgumentException | IllegalStateException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
        System.exit(0);
    }

    private static void run(RaceOptions options) throws IOException, InterruptedException {
        Files.createDirectories(options.directory());
        try (var broker = broker(options);
                var store = options.store();
                var topics = new TopicFiller(broker.line())) {
            topics.create("dead.letters.v1");
            var measures = new Measures();
            var race = new Race(options, store, topics, measures);
            var rounds = race.run();
            var summaries = Summary.of(rounds);
            printRatios(summaries);
            // the race takes most of the time: whatever comes after it, it is kept
            keep(options, rounds, summaries, measures);
            if (options.beside()) {
                live(options, race, new LiveRun(store, topics), summaries, measures);
                everySecond(race, new LiveRun(store, topics), options, measures);
                starts(race, measures);
                publishing(options, topics, measures);
                keep(options, rounds, summaries, measures);
            }
        }
    }

    private static ChildJvm broker(RaceOptions options) {
        return ChildJvm.talking(
                "broker",
                ChildJvm.own(
                        BrokerMain.class,
                        List.of(options.directory().resolve("broker").toString())),
                options.directory().resolve("broker.log"));
    }

    /** Ours at parts of its own rate, with the workloads that run more than once. */
    private static void live(
            RaceOptions options,
            Race race,
            LiveRun live,
            List<Summary> summaries,
            Measures measures)
            throws IOException, InterruptedException {
        var ours = race.ours();
        for (var summary : summaries) {
            var workload = Workload.of(summary.workload());
            if (!summary.contender().equals(ours.name())
                    || !summary.store().equals("0 ms")
                    || options.once().contains(workload)) {
                continue;
            }
            var load = workload.load(options.records(), options.seed());
            for (var share : SHARES_OF_RATE) {
                double rate = summary.recordsPerSecond().median() * share.ofRate();
                var what =
                        "ours, workload %s at %s of its rate, append to acknowledged"
                                .formatted(summary.workload(), share.name());
                var stage = race.stage(ours, load);
                atRate(
                        what,
                        () -> live.run(ours, load, rate, stage),
                        ages -> add(measures, what, ages));
                race.printProfile(stage);
            }
        }
    }

    private static void add(Measures measures, String what, LiveRun.Ages ages) {
        measures.add(what + ", p50", "ms", ages.acknowledged().p50Millis());
        measures.add(what + ", p99", "ms", ages.acknowledged().p99Millis());
        measures.add(what + ", until the broker has it, p50", "ms", ages.appended().p50Millis());
        measures.add(what + ", until the broker has it, p99", "ms", ages.appended().p99Millis());
        measures.add(what + ", store writes", "per record", ages.writesPerRecord());
        measures.add(what + ", the machine's cores", "busy", ages.busyCores());
    }

    /** A part of a rate, as it is said and as it counts. */
    private record Share(String name, double ofRate) {}

    /** A run at a rate. */
    private interface AtRate {
        LiveRun.Ages run() throws IOException, InterruptedException;
    }

    /** A machine that is too slow to send so much measures itself: that is said, and no figure. */
    private static void atRate(String what, AtRate run, Consumer<LiveRun.Ages> came)
            throws IOException, InterruptedException {
        try {
            came.accept(run.run());
        } catch (LateFeedException late) {
            System.out.printf("%s: not measured, %s%n", what, late.getMessage());
        }
    }

    /** A thousand GPUs with a sample per second each, by how long a stored event waits. */
    private static void everySecond(Race race, LiveRun live, RaceOptions options, Measures measures)
            throws IOException, InterruptedException {
        var load = Workload.B.load(options.records(), options.seed());
        for (var flush : FLUSHES) {
            var settings = new HashMap<>(race.ours().settings());
            settings.put("ROLLUP_FLUSH_MS", Long.toString(flush.toMillis()));
            var ours = new Ours(race.ours().classPath(), race.ours().heap(), settings);
            var what =
                    "ours, %d samples/s of as many GPUs, rollups every %d s, store writes"
                            .formatted(GPUS, flush.toSeconds());
            atRate(
                    what,
                    () -> live.run(ours, load, GPUS, race.stage(ours, load)),
                    ages -> measures.add(what, "per sample", ages.writesPerRecord()));
        }
    }

    private static void starts(Race race, Measures measures)
            throws IOException, InterruptedException {
        Ours ours = race.ours();
        for (int start = 1; start <= STARTS; start++) {
            var stage = race.stage(ours, Workload.B.load(0, 0));
            measures.add("ours, start to ready", "s", StartToReady.seconds(ours, stage));
        }
    }

    /** Our publisher and the plain client in turns. */
    private static void publishing(RaceOptions options, TopicFiller topics, Measures measures)
            throws InterruptedException {
        var load = Workload.B.load(PUBLISHED, options.seed());
        for (int round = 1; round <= PUBLISHING_ROUNDS; round++) {
            double plain = publishing(Who.PLAIN, load, options, topics, measures);
            double ours = publishing(Who.OURS, load, options, topics, measures);
            measures.add("our publisher over the plain client", "times the events/s", ours / plain);
        }
    }

    private static double publishing(
            Who who, Load load, RaceOptions options, TopicFiller topics, Measures measures)
            throws InterruptedException {
        var into = load.live("published." + Long.toString(System.nanoTime(), 36));
        topics.create(into.sampleTopic());
        topics.create(into.usageTopic());
        var came = PublishMain.measure(topics.bootstrap(), who, into, options.directory());
        topics.deleteLater(into.sampleTopic());
        var what =
                switch (who) {
                    case PLAIN -> "plain client, publishing";
                    case OURS -> "our publisher";
                };
        measures.add(what, "events/s", came.perSecond());
        measures.add(what + ", processor", "s per million", came.cpuSecondsPerMillion());
        return came.perSecond();
    }

    private static void printRatios(List<Summary> summaries) {
        for (var ours : summaries) {
            if (!ours.contender().equals("ours")) {
                continue;
            }
            PerformancePage.peer(summaries, ours)
                    .ifPresent(
                            peer -> {
                                double ratio = ours.rateOver(peer);
                                System.out.printf(
                                        "workload %s, store %s: %.2f times the tuned connector's"
                                                + " rate at %.2f of its CPU per record%s%n",
                                        ours.workload(),
                                        ours.store(),
                                        ratio,
                                        ours.cpuOver(peer),
                                        ratio < EXPECTED_RATIO
                                                ? "  (warning: below %.1f)"
                                                        .formatted(EXPECTED_RATIO)
                                                : "");
                            });
        }
    }

    private static void keep(
            RaceOptions options, List<Figures> rounds, List<Summary> summaries, Measures measures)
            throws IOException {
        var result =
                new RaceResult(
                        Machine.here(versions()),
                        options.records(),
                        options.seed(),
                        summaries,
                        measures.spreads(),
                        rounds);
        var file = options.results();
        if (file != null) {
            result.write(file);
        }
        var page = options.page();
        if (page != null) {
            PerformancePage.update(page, result);
        }
    }

    /** As the build names them; the jars say so themselves. */
    private static Map<String, String> versions() {
        return Map.of(
                "Kafka", AppInfoParser.getVersion(),
                "connector", System.getProperty("bench.connector.version", "not known"),
                "commit", System.getProperty("bench.commit", "not known"));
    }
}
