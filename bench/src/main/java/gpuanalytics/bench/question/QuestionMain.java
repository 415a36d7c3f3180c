package gpuanalytics.bench.question;

import gpuanalytics.bench.process.ChildJvm;
import gpuanalytics.processor.store.MongoStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * How long questions about tokens and GPUs take, through HTTP, by how many events the rollups are
 * of.
 */
public final class QuestionMain {

    private static final Path DIRECTORY = Path.of("bench", "target", "questions");
    private static final String GPU = "GPU-00000000-0000-0000-0000-000000000001";
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration MONTH = Duration.ofDays(30);
    private static final Duration YEAR = Duration.ofDays(365);
    private static final int STORE_HEAP_MIB = 6144;
    private static final int SERIES = 1000;
    private static final int MANY_SERIES = 50_000;

    private QuestionMain() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (List.of(arguments).contains("--help")) {
            System.out.print(QuestionOptions.HELP);
            System.exit(0);
        }
        measure(options(arguments));
        System.exit(0);
    }

    private static QuestionOptions options(String... arguments) {
        try {
            return QuestionOptions.parse(List.of(arguments));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            throw e;
        }
    }

    private static void measure(QuestionOptions options) throws IOException, InterruptedException {
        if (options.url().isPresent()) {
            measure(options.url().get(), options.events());
            return;
        }
        Files.createDirectories(DIRECTORY);
        var own = ChildJvm.own(EmbeddedStoreMain.class, List.of(), STORE_HEAP_MIB);
        try (var store = ChildJvm.talking("store", own, DIRECTORY.resolve("store.log"))) {
            measure(store.line(), options.events());
        }
    }

    private static void measure(String url, List<Long> sizes)
            throws IOException, InterruptedException {
        var today = Instant.ofEpochSecond(Instant.now().getEpochSecond() / 86_400 * 86_400);
        try (var store = new MongoStore(Stores.config(url))) {
            store.prepare();
            var rows = new Rows(store);
            var days = new Days(store);
            try (var api = BenchApi.start(store)) {
                var base = "http://127.0.0.1:%d".formatted(api.port());
                for (long events : sizes) {
                    usages(rows, days, base, today, events);
                }
                year(rows, days, base, today);
                week(rows, base, today);
            }
        }
    }

    private static void usages(Rows rows, Days days, String base, Instant today, long events)
            throws IOException, InterruptedException {
        rows.clear();
        rows.usages(today.minus(DAY), today, SERIES, events);
        ask(events, rows, "a day of 1,000 series by hour and team", tokens(base, today, DAY, "1h"));
        rows.clear();
        rows.usages(today.minus(MONTH), today, SERIES, events);
        days.keep(today.minus(MONTH), today);
        ask(
                events,
                rows,
                "30 days of 1,000 series by day and team",
                tokens(base, today, MONTH, "1d"));
        rows.clear();
        rows.usages(today.minus(HOUR), today, MANY_SERIES, events);
        ask(events, rows, "an hour of 50,000 series, the first 10 users", top(base, today, HOUR));
    }

    /** Each series has an hour in each day: what a year of days is read from is the same then. */
    private static void year(Rows rows, Days days, String base, Instant today)
            throws IOException, InterruptedException {
        long events = YEAR.toDays() * SERIES;
        rows.clear();
        rows.usages(today.minus(YEAR), today, DAY, SERIES, events);
        days.keep(today.minus(YEAR), today);
        for (var step : List.of("1mo", "1d")) {
            ask(
                    events,
                    rows,
                    "a year of 1,000 series by team and " + step,
                    tokens(base, today, YEAR, step));
        }
    }

    private static void week(Rows rows, String base, Instant today)
            throws IOException, InterruptedException {
        rows.clear();
        rows.gpu(GPU, today.minus(WEEK), today);
        for (var step : List.of("1h", "5m")) {
            ask(
                    WEEK.toSeconds(),
                    rows,
                    "7 days of a GPU by " + step,
                    "%s/gpus/%s/series?step=%s&%s".formatted(base, GPU, step, range(today, WEEK)));
        }
        rows.clear();
    }

    private static String tokens(String base, Instant to, Duration range, String step) {
        return "%s/tokens?group_by=team&step=%s&%s".formatted(base, step, range(to, range));
    }

    private static String top(String base, Instant to, Duration range) {
        return "%s/tokens?group_by=user&limit=10&order=requests:desc&%s"
                .formatted(base, range(to, range));
    }

    private static String range(Instant to, Duration range) {
        return "from=%s&to=%s".formatted(to.minus(range), to);
    }

    private static void ask(long events, Rows rows, String what, String question)
            throws IOException, InterruptedException {
        Asked.print("%,d events, %,d rows, %s".formatted(events, rows.rows(), what), question);
    }
}
