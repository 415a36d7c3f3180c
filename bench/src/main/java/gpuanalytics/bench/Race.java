package gpuanalytics.bench;

import gpuanalytics.bench.contender.Connector;
import gpuanalytics.bench.contender.Contender;
import gpuanalytics.bench.contender.Ours;
import gpuanalytics.bench.contender.Stage;
import gpuanalytics.bench.load.Load;
import gpuanalytics.bench.load.TopicFiller;
import gpuanalytics.bench.measure.PollMain;
import gpuanalytics.bench.process.Profile;
import gpuanalytics.bench.report.Figures;
import gpuanalytics.bench.store.StoreProcess;
import gpuanalytics.bench.store.StoringStore;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The rounds of a race: every contender with every workload and every delay of the store. */
final class Race {

    /** A store that stores takes so many times as long. */
    private static final int STORING_TAKES = 10;

    private static final int MOST_INSERTED_AGAIN = 200_000;

    private final RaceOptions options;
    private final StoreProcess store;
    private final TopicFiller topics;
    private final Measures measures;
    private final List<Figures> rounds = new ArrayList<>();
    private int number;

    Race(RaceOptions options, StoreProcess store, TopicFiller topics, Measures measures) {
        this.options = options;
        this.store = store;
        this.topics = topics;
        this.measures = measures;
    }

    /** Runs them all; what each came to is printed as soon as it is known. */
    List<Figures> run() throws IOException, InterruptedException {
        for (var workload : options.workloads()) {
            var load = workload.load(options.records(), options.seed());
            topics.fill(load);
            if (options.storing() != null) {
                race(load, options.storing());
                continue;
            }
            for (var delay : options.delaysMillis(workload)) {
                race(load, delay);
            }
        }
        return rounds;
    }

    /** Those who race. */
    List<Contender> contenders() {
        return Stream.<Contender>of(
                        ours(),
                        new Connector(options.connector(), false),
                        new Connector(options.connector(), true))
                .filter(contender -> options.only().contains(contender.name()))
                .toList();
    }

    Ours ours() {
        return new Ours(options.classPath(), options.heap(), options.settings());
    }

    /** A stage of its own for another start of a contender. */
    Stage stage(Contender contender, Load load) throws IOException {
        var directory = Files.createTempDirectory(options.directory(), contender.name() + "-");
        return new Stage(
                topics.bootstrap(),
                store.url(),
                load,
                "race-%d-%d".formatted(ProcessHandle.current().pid(), ++number),
                directory,
                options.recording()
                        ? Profile.options(directory.resolve("profile.jfr"))
                        : List.of());
    }

    /** Contenders take turns, so that what the machine does meanwhile meets all of them. */
    private void race(Load load, int delayMillis) throws IOException, InterruptedException {
        store.delayMillis(delayMillis);
        for (int round = 1; round <= options.rounds(load.workload()); round++) {
            if (round == 1 && options.beside() && delayMillis == 0) {
                readOnly(load);
            }
            for (var contender : contenders()) {
                round(contender, stage(contender, load), delayMillis + " ms", limit(load));
            }
        }
    }

    /** On a store that stores: what it has in the end is counted, and what it could have taken. */
    private void race(Load load, String storing) throws IOException, InterruptedException {
        try (var stored = new StoringStore(storing)) {
            for (int round = 1; round <= options.rounds(load.workload()); round++) {
                for (var contender : contenders()) {
                    var stage = stage(contender, load);
                    try {
                        var limit = limit(load).multipliedBy(STORING_TAKES);
                        var figures = round(contender, stage, stored.name(), limit);
                        compare(figures, stored, stage.group(), contender.collections(stage));
                    } finally {
                        stored.drop(stage.group());
                    }
                }
            }
        }
    }

    private void compare(
            Figures figures, StoringStore stored, String database, List<String> collections)
            throws InterruptedException {
        long documents = stored.documents(database, collections);
        if (documents != figures.records()) {
            throw new IllegalStateException(
                    "%s: %,d documents are stored, expected %,d"
                            .formatted(figures.contender(), documents, figures.records()));
        }
        double own = stored.insertsPerSecond(database, collections.getFirst(), MOST_INSERTED_AGAIN);
        var what =
                "%s, workload %s, with the documents of %s"
                        .formatted(figures.store(), figures.workload(), figures.contender());
        measures.add(what + ": plain inserts", "documents/s", own);
        measures.add(
                what + ": the race's share of it", "%", 100 * figures.recordsPerSecond() / own);
    }

    /** What reading alone costs: the least that any contender can cost. */
    private void readOnly(Load load) {
        var reading =
                PollMain.measure(
                        topics.bootstrap(),
                        load.filledTopics(),
                        load.records(),
                        options.directory());
        var what = "a consumer that only reads, workload " + load.workload().letter();
        measures.add(what, "records/s", reading.perSecond());
        measures.add(what + ", allocated", "bytes per record", reading.bytesPerRecord());
        measures.add(what + ", processor", "s per million", reading.cpuSecondsPerMillion());
    }

    private Figures round(Contender contender, Stage stage, String storeName, Duration limit)
            throws IOException, InterruptedException {
        var figures = new Round(contender, stage, store, topics, limit).run(storeName);
        rounds.add(figures);
        System.out.print(figures.text());
        printProfile(stage);
        return figures;
    }

    /** Where a contender that has ended spent its time, if that was recorded. */
    void printProfile(Stage stage) throws IOException {
        if (options.recording()) {
            System.out.print(Profile.read(stage.directory().resolve("profile.jfr")).summary());
        }
    }

    /** Ten thousand records a second, and a minute: slower is broken. */
    private static Duration limit(Load load) {
        return Duration.ofSeconds(60 + load.records() / 10_000);
    }
}
