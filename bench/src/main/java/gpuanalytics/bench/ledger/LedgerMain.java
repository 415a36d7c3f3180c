package gpuanalytics.bench.ledger;

import gpuanalytics.bench.process.ChildJvm;
import gpuanalytics.bench.process.Profile;
import gpuanalytics.bench.question.EmbeddedStoreMain;
import gpuanalytics.bench.question.Stores;
import gpuanalytics.processor.ledger.BenchLedger;
import gpuanalytics.processor.rollup.BenchRollupStore;
import gpuanalytics.processor.store.MongoStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** How fast an hour closes and a month is answered, on the embedded store; prints it. */
public final class LedgerMain {

    private static final String HELP =
            """
            Prints how fast the ledger is, on the embedded store.
              hour    closes an hour of 1,000 GPUs x 200 groups in a JVM with 64 MiB of heap,
                      and reads its exports in one of 96 MiB
              month   answers 30 days of 1,000 GPUs by team through HTTP
              --short the hour with each group on a few GPUs only
              --jfr   and where the time goes
            """;

    private static final int GPUS = 1000;
    private static final int GROUPS = 200;
    private static final int RUNS = 10;
    private static final int EXPORTS = 3;
    private static final String EXPORTING_HEAP = "-Xmx96m";
    private static final Path DIRECTORY = Path.of("bench", "target", "ledger");

    private LedgerMain() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        var asked = List.of(arguments);
        if (asked.contains("--help")) {
            System.out.print(HELP);
            System.exit(0);
        }
        Files.createDirectories(DIRECTORY);
        var all = !asked.contains("hour") && !asked.contains("month");
        if (all || asked.contains("hour")) {
            hour(
                    "each on 5 GPUs",
                    new Fleet(GPUS, GROUPS, 1, false),
                    "-Xmx64m",
                    asked.contains("--jfr"));
            if (!asked.contains("--short")) {
                hour(
                        "each on every GPU",
                        new Fleet(GPUS, GROUPS, 4, true),
                        "-Xmx96m",
                        asked.contains("--jfr"));
            }
        }
        if (all || asked.contains("month")) {
            month(asked.contains("--jfr"));
        }
        System.exit(0);
    }

    private static ChildJvm store() {
        return store(List.of());
    }

    private static ChildJvm store(List<String> more) {
        var own = ChildJvm.own(EmbeddedStoreMain.class, List.of());
        return ChildJvm.talking(
                "store", with(with(own, List.of("-Xmx4g")), more), DIRECTORY.resolve("store.log"));
    }

    private static void month(boolean profiled) throws IOException, InterruptedException {
        var ofStore = DIRECTORY.resolve("store.jfr").toAbsolutePath();
        try (var store = store(profiled ? Profile.options(ofStore) : List.of())) {
            Month.print(store.line(), GPUS, GROUPS, profiled);
        }
        if (profiled) {
            System.out.println("the store, with what it was filled with:");
            System.out.print(Profile.read(ofStore).summary());
        }
    }

    private static ChildJvm.Program with(ChildJvm.Program program, List<String> more) {
        var options = new ArrayList<>(program.options());
        options.addAll(more);
        return new ChildJvm.Program(
                program.classPath(), options, program.command(), program.environment());
    }

    private static void hour(String how, Fleet fleet, String heap, boolean profiled)
            throws IOException, InterruptedException {
        try (var store = store()) {
            var url = store.line();
            fill(url, fleet);
            var recording = DIRECTORY.resolve("close.jfr").toAbsolutePath();
            // the collector of the images
            var options = new ArrayList<>(List.of(heap, "-XX:+UseSerialGC"));
            if (profiled) {
                options.addAll(Profile.options(recording));
            }
            var own = ChildJvm.own(CloseMain.class, List.of(url, Integer.toString(RUNS)));
            var millis = new ArrayList<Long>();
            try (var closing =
                    ChildJvm.talking("close", with(own, options), DIRECTORY.resolve("close.log"))) {
                for (int run = 0; run < RUNS; run++) {
                    millis.add(Long.parseLong(closing.line()));
                }
                closing.handle().onExit().join();
            }
            System.out.printf(
                    "hour of %,d GPUs x %,d groups, %s: closed in %s ms, one after the other"
                            + " (%s)%n",
                    fleet.gpus(), fleet.groups(), how, millis, heap);
            if (profiled) {
                System.out.print(Profile.read(recording).summary());
            }
            export(url);
        }
    }

    private static void export(String url) {
        var own = ChildJvm.own(ExportMain.class, List.of(url, Integer.toString(EXPORTS)));
        try (var exporting =
                ChildJvm.talking(
                        "export",
                        with(own, List.of(EXPORTING_HEAP)),
                        DIRECTORY.resolve("export.log"))) {
            for (int run = 0; run < EXPORTS; run++) {
                System.out.printf(
                        "  /exports/ledger.csv of it: %s (%s)%n", exporting.line(), EXPORTING_HEAP);
                System.out.printf("  /exports/focus.csv of it: %s%n", exporting.line());
            }
            exporting.handle().onExit().join();
        }
    }

    private static void fill(String url, Fleet fleet) throws InterruptedException {
        long hourS = 3600;
        long start = Math.floorDiv(Instant.now().getEpochSecond(), hourS) * hourS - 3 * hourS;
        try (var store = new MongoStore(Stores.config(url))) {
            store.prepare();
            try (var rollups = new BenchRollupStore(store)) {
                for (int minute = 0; minute < 60; minute++) {
                    rollups.apply(fleet.minute(Instant.ofEpochSecond(start), minute));
                }
            }
            var ledger = new BenchLedger(store);
            ledger.keep();
            System.out.printf("%,d entries%n", ledger.entries());
        }
    }
}
