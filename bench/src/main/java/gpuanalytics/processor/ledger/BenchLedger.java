package gpuanalytics.processor.ledger;

import gpuanalytics.processor.change.ChangedHours;
import gpuanalytics.processor.ledger.EntryKey.Gpu;
import gpuanalytics.processor.ledger.EntryKey.Kind;
import gpuanalytics.processor.ledger.LedgerFile.Head;
import gpuanalytics.processor.ledger.LedgerFile.Scope;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.price.PriceBook;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.Runs;
import gpuanalytics.processor.store.StoreLayout;
import gpuanalytics.processor.store.StoreRetry;
import gpuanalytics.service.health.PartHealth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.bson.Document;

/** The ledger of a store. The one place of bench that knows how it is kept. */
public final class BenchLedger {

    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final List<String> GPU_MODELS = List.of("H100", "A100", "L40S", "L4");
    private static final int TEAMS = 20;

    private static final int PROJECTS = 40;
    private static final long HOUR_US = 3_600_000_000L;

    private final MongoStore store;
    private final Clock clock = Clock.systemUTC();
    private final ChangedHours hours;
    private final LedgerKeeper keeper;

    public BenchLedger(MongoStore store) {
        this.store = store;
        var metrics = new ProcessorMetrics(new SimpleMeterRegistry());
        var retry = new StoreRetry(new PartHealth("store", "starting", clock), metrics);
        this.hours = new ChangedHours(store, retry, metrics, clock, Duration.ofMillis(1));
        this.keeper =
                new LedgerKeeper(
                        store,
                        hours,
                        () -> PriceBook.EMPTY,
                        metrics,
                        clock,
                        TIMEOUT,
                        new LedgerConfig(TIMEOUT, Duration.ZERO, 1));
    }

    /** Computes the hours that have changed; returns how many. */
    public long keep() {
        return keeper.keep();
    }

    /** As if every hour had changed. */
    public void markAll() {
        store.database()
                .getCollection(StoreLayout.CHANGED_HOURS)
                .updateMany(
                        new Document(),
                        new Document("$set", new Document("waiting.ledger", true))
                                .append("$inc", new Document("changes", 1L)));
    }

    /** How many entries are stored. */
    public long entries() {
        var file = new LedgerParts(store, TIMEOUT, clock).hours();
        var heads = file.heads(Instant.EPOCH, clock.instant());
        var entries = new long[1];
        file.forEachEntry(heads, Scope.GPU, null, (_, _, _) -> entries[0]++);
        file.forEachEntry(heads, Scope.ALL, null, (_, _, _) -> entries[0]++);
        return entries[0];
    }

    /**
     * Stores the ledger of an hour as so many groups make it that run on GPUs of four models, over
     * all GPUs; days are added up by {@link #keep}.
     */
    public void storeHour(Instant hour, int gpus, int groups) {
        var entries = new Entries();
        for (int i = 0; i < groups * GPU_MODELS.size(); i++) {
            int group = i / GPU_MODELS.size();
            var who =
                    new Group(
                            "model-" + group % 4,
                            "team-" + group % TEAMS,
                            "user-" + group,
                            "project-" + group % PROJECTS,
                            null);
            long us = gpus * HOUR_US / 2 / ((long) groups * GPU_MODELS.size()) - i;
            addUsed(entries.of(key(Kind.USED, hour, i, who)), us);
        }
        for (int i = 0; i < TEAMS * GPU_MODELS.size(); i++) {
            var owner = Group.owner("team-" + i / GPU_MODELS.size(), null);
            long us = gpus * HOUR_US / 2 / ((long) TEAMS * GPU_MODELS.size()) - i;
            addOwned(entries.of(key(Kind.OWNED, hour, i, owner)), us);
        }
        var head = new Head(hour, 0, 0, List.of(), Runs.newRun(), null);
        new LedgerParts(store, TIMEOUT, clock)
                .hours()
                .replace(head, Map.of(Scope.ALL, entries), clock.instant());
    }

    private static EntryKey key(Kind kind, Instant hour, int i, Group group) {
        var model = GPU_MODELS.get(i % GPU_MODELS.size());
        return new EntryKey(kind, new Gpu(null, null, model), hour, null, group);
    }

    private static void addUsed(Amounts amounts, long us) {
        for (var basis : Basis.values()) {
            amounts.add(Amount.input(basis), us / 5)
                    .add(Amount.output(basis), us - us / 5)
                    .add(Amount.energy(basis), us * 400);
        }
        amounts.add(Amount.BY_TIME_US, us)
                .add(Amount.REQUESTS, us / 7_000_000)
                .add(Amount.ERRORS, 0)
                .add(Amount.PROMPT_TOKENS, us / 10_000)
                .add(Amount.COMPLETION_TOKENS, us / 50_000)
                .add(Amount.CACHED_PROMPT_TOKENS, us / 40_000)
                .add(Amount.METERED_TOKENS, us / 10_000 + us / 50_000);
    }

    private static void addOwned(Amounts amounts, long us) {
        for (var basis : Basis.values()) {
            amounts.add(Amount.idle(basis), us).add(Amount.idleEnergy(basis), us * 70);
        }
        amounts.add(Amount.GAP_US, us / 1000)
                .add(Amount.HELD_IDLE_US, us)
                .add(Amount.MEMORY_HELD_US, us);
    }
}
