package gpuanalytics.processor.day;

import gpuanalytics.processor.change.ChangedHours;
import gpuanalytics.processor.change.Purpose;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.query.QueryWindow;
import gpuanalytics.processor.query.StoreReads;
import gpuanalytics.processor.query.TokenDays;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.processor.store.Runs;
import gpuanalytics.processor.store.StoreLayout;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import java.util.TreeSet;
import org.bson.BsonDocument;
import org.bson.Document;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds up the token rollups of days that are over and have changed. A day that changes later is
 * added up again and replaced whole; until then questions are answered from its hours. Any free
 * processor does it, one that ends leaves its days to the next, and doing a day twice is harmless.
 * One thread calls it.
 */
public final class TokenDayKeeper {

    private static final Logger log = LoggerFactory.getLogger(TokenDayKeeper.class);

    /** Events that come a little late are of the day that they are added up with. */
    private static final Duration GRACE = Duration.ofMinutes(5);

    private final MongoStore store;
    private final ChangedHours changed;
    private final TokenDays days;
    private final ProcessorMetrics metrics;
    private final Clock clock;
    private final TokenDayConfig config;

    /** Hours that were marked before there were days wait for nobody. */
    private boolean isFirstRound = true;

    /**
     * @param timeout how long one read of the store may take
     */
    public TokenDayKeeper(
            MongoStore store,
            ChangedHours changed,
            ProcessorMetrics metrics,
            Clock clock,
            Duration timeout,
            TokenDayConfig config) {
        this.store = store;
        this.changed = changed;
        this.days = new TokenDays(new StoreReads(store.database(), timeout));
        this.metrics = metrics;
        this.clock = clock;
        this.config = config;
    }

    /**
     * Adds up the days that wait for it, the latest first.
     *
     * @return how many were stored
     * @throws RuntimeException when the store does not answer; the days still wait then
     */
    public long keep() {
        var stored = 0L;
        var claimed = changed.claim(Purpose.TOKEN_DAY, overBy(), config.quiet());
        while (!Thread.currentThread().isInterrupted() && claimed.isPresent()) {
            var hour = Instant.ofEpochSecond(claimed.get().hour());
            stored += keepDay(QueryWindow.dayOf(hour)) ? 1 : 0;
            changed.finish(claimed.get());
            claimed = changed.claim(Purpose.TOKEN_DAY, overBy(), config.quiet());
        }
        if (isFirstRound) {
            for (var day : staleDays()) {
                stored += keepDay(day) ? 1 : 0;
            }
            isFirstRound = false;
        }
        return stored;
    }

    /** The end of the last day that is over. */
    private Instant overBy() {
        return QueryWindow.dayOf(clock.instant().minus(GRACE));
    }

    private Set<Instant> staleDays() {
        var heads = days.heads(Instant.EPOCH, overBy());
        var stale = new TreeSet<Instant>();
        days.marks(Instant.EPOCH, overBy())
                .forEach(
                        (day, marks) -> {
                            if (!TokenDays.isCurrent(heads.get(day), marks)) {
                                stale.add(day);
                            }
                        });
        return stale.descendingSet();
    }

    /** Adds up a day, unless that is done; whether it is stored. */
    private boolean keepDay(Instant day) {
        var end = day.plus(QueryWindow.DAY);
        // before the rollups are read: what is marked after it has the day added up again
        var marks = days.marks(day, end).get(day);
        if (marks == null || TokenDays.isCurrent(days.heads(day, end).get(day), marks)) {
            return false;
        }
        var now = clock.instant();
        var run = Runs.newRun();
        var parts =
                new TokenDayParts(
                        store.database().getCollection(StoreLayout.TOKEN_DAYS, BsonDocument.class),
                        day,
                        run,
                        now);
        try (var hours = new DayOfHours(store.database(), day)) {
            hours.forEach(parts::add);
        } catch (ArithmeticException e) {
            log.atWarn()
                    .addKeyValue("day", day)
                    .log("the sums of a day leave 64 bits, its hours answer for it");
            return false;
        }
        parts.end();
        // a head goes no later than the first of the marks that tell whether it still holds
        var more =
                new Document(TokenDays.SERIES, parts.series())
                        .append(StoreLayout.STORED_AT, Date.from(marks.since()));
        var isStored = days.runs(store).replace(day, marks.version(), run, more, now);
        metrics.tokenDays(isStored ? 1 : 0);
        return isStored;
    }
}
