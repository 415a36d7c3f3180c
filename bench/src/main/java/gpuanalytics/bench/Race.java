package gpuanalytics.bench;

import gpuanalytics.bench.contender.Contender;
import gpuanalytics.bench.contender.Ours;
import gpuanalytics.bench.contender.Stage;
import gpuanalytics.bench.load.Load;
import gpuanalytics.bench.load.TopicFiller;
import gpuanalytics.bench.process.BrokerMain;
import gpuanalytics.bench.process.ChildJvm;
import gpuanalytics.bench.process.Profile;
import gpuanalytics.bench.report.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Who moves the records of a topic into a store faster, and at what cost: all in one command. */
public final class Race {

    private final RaceOptions options;
    private final String bootstrap;
    private final StoreProcess store;
    private final TopicFiller topics;
    private int number;

    private Race(RaceOptions options, String bootstrap, StoreProcess store, TopicFiller topics) {
        this.options = options;
        this.bootstrap = bootstrap;
        this.store = store;
        this.topics = topics;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
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
        try (var broker = broker(options.directory());
                var store = StoreProcess.start(options.directory());
                var topics = new TopicFiller(broker.line())) {
            topics.create("dead.letters.v1");
            new Race(options, topics.bootstrap(), store, topics).race();
        }
    }

    private static ChildJvm broker(Path directory) {
        var program =
                ChildJvm.own(BrokerMain.class, List.of(directory.resolve("broker").toString()));
        return ChildJvm.talking("broker", program, directory.resolve("broker.log"));
    }

    private List<Figures> race() throws IOException, InterruptedException {
        var all = new ArrayList<Figures>();
        for (var workload : options.workloads()) {
            var load = workload.load(options.records(), options.seed());
            topics.fill(load);
            for (var delay : options.delaysMillis()) {
                all.addAll(race(load, delay));
            }
        }
        return all;
    }

    /** Contenders take turns, so that what the machine does meanwhile meets all of them. */
    private List<Figures> race(Load load, int delayMillis)
            throws IOException, InterruptedException {
        var all = new ArrayList<Figures>();
        store.delayMillis(delayMillis);
        for (int round = 1; round <= options.rounds(); round++) {
            for (var contender : contenders()) {
                all.add(round(contender, load, delayMillis + " ms"));
            }
        }
        return all;
    }

    private List<Contender> contenders() {
        return List.<Contender>of(new Ours(options.classPath(), options.heap(), options.settings()))
                .stream()
                .filter(contender -> options.only().contains(contender.name()))
                .toList();
    }

    private Figures round(Contender contender, Load load, String storeName)
            throws IOException, InterruptedException {
        var group =
                "race-%s-%d-%d"
                        .formatted(contender.name(), ProcessHandle.current().pid(), ++number);
        var directory = Files.createTempDirectory(options.directory(), contender.name() + "-");
        var recording = directory.resolve("profile.jfr");
        var stage =
                new Stage(
                        bootstrap,
                        store.url(),
                        load,
                        group,
                        directory,
                        options.recording() ? Profile.options(recording) : List.of());
        var figures = new Round(contender, stage, store, topics, limit(load)).run(storeName);
        System.out.println(figures.line());
        figures.writes()
                .forEach(
                        (kind, writes) ->
                                System.out.printf(
                                        "    %-24s %,12d documents in %,9d commands%n",
                                        kind, writes.documents(), writes.commands()));
        if (figures.committed() != load.records()) {
            System.out.printf("    committed %,d of %,d%n", figures.committed(), load.records());
        }
        if (options.recording()) {
            System.out.print(Profile.read(recording).summary());
        }
        return figures;
    }

    /** Ten thousand records a second, and a minute: slower is broken. */
    private static Duration limit(Load load) {
        return Duration.ofSeconds(60 + load.records() / 10_000);
    }
}
