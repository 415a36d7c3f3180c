package gpuanalytics.processor.budget;

import gpuanalytics.processor.budget.BudgetMetrics.Outcome;
import gpuanalytics.processor.store.MongoStore;
import gpuanalytics.service.retry.Backoff;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares spending with the budgets. A share that is reached fires once, on one processor: a line
 * in the log, a count and, where one is configured, a message. A message is sent until it is taken
 * or given up, by whichever processor is free; its receiver may see it twice, with one id.
 */
public final class BudgetWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(BudgetWatch.class);

    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(10), Duration.ofHours(1));

    /** What was spent at the end of a period may be known only after it. */
    private static final Duration LOOK_BACK = Duration.ofHours(1);

    private final Budgets budgets;
    private final Spending spending;
    private final AlertBook alerts;
    private final BudgetMetrics metrics;
    private final Clock clock;
    private final Optional<BudgetConfig.Hook> hook;
    private final Optional<Webhook> webhook;

    /**
     * @param timeout how long the store may take to answer
     */
    public BudgetWatch(
            Budgets budgets,
            Spending spending,
            MongoStore store,
            Duration timeout,
            BudgetMetrics metrics,
            Clock clock) {
        this.budgets = budgets;
        this.spending = spending;
        this.alerts = new AlertBook(store, timeout);
        this.metrics = metrics;
        this.clock = clock;
        this.hook = budgets.config().webhook();
        this.webhook = hook.map(Webhook::new);
    }

    /** Looks once at every budget, and sends the messages that are due. */
    public void look() throws InterruptedException {
        compare();
        tell();
    }

    private void compare() {
        var now = clock.instant();
        var periods = new ArrayList<InPeriod>();
        for (var budget : budgets.held().budgets()) {
            var present = InPeriod.now(budget, now);
            periods.add(present);
            if (now.isBefore(present.start().plus(LOOK_BACK))) {
                periods.add(present.before());
            }
        }
        var spent = InPeriod.spent(spending, periods);
        for (int i = 0; i < periods.size(); i++) {
            compare(periods.get(i), spent.get(i).usd());
        }
    }

    private void compare(InPeriod period, BigDecimal spent) {
        for (int percent : period.budget().thresholdsPercent()) {
            if (period.budget().isReached(percent, spent)) {
                fire(new Alert(period.budget(), period.start(), percent, spent, clock.instant()));
            }
        }
    }

    private void fire(Alert alert) {
        var message = hook.map(_ -> AlertMessage.of(alert));
        if (alerts.fire(alert, message)) {
            metrics.fired();
            log.atWarn()
                    .addKeyValue("budget", alert.budget().name())
                    .addKeyValue("percent", alert.percent())
                    .addKeyValue("spent_usd", alert.spentUsd().toPlainString())
                    .addKeyValue("budget_usd", alert.budget().usd().toPlainString())
                    .addKeyValue("period_start", alert.periodStart())
                    .log("spending has reached a threshold of a budget");
        }
    }

    private void tell() throws InterruptedException {
        if (webhook.isEmpty() || hook.isEmpty()) {
            return;
        }
        // the pause after the first attempt, should this process end during it
        var due = alerts.claim(clock.instant(), next(1));
        while (due.isPresent()) {
            tell(due.get(), webhook.get(), hook.get().attempts());
            due = alerts.claim(clock.instant(), next(1));
        }
    }

    private void tell(AlertBook.Due due, Webhook receiver, int attempts)
            throws InterruptedException {
        if (receiver.send(due.id(), due.message(), clock.instant())) {
            alerts.done(due.id(), Outcome.DELIVERED);
            metrics.sent(Outcome.DELIVERED);
        } else if (due.attempt() >= attempts) {
            alerts.done(due.id(), Outcome.GIVEN_UP);
            metrics.sent(Outcome.GIVEN_UP);
            log.atWarn()
                    .addKeyValue("alert", due.id())
                    .addKeyValue("attempts", due.attempt())
                    .log("a message of a budget was not taken and is given up");
        } else {
            alerts.again(due.id(), next(due.attempt()));
            metrics.sent(Outcome.FAILED);
        }
    }

    private Instant next(int attempt) {
        return clock.instant()
                .plus(BACKOFF.pauseAfter(attempt, ThreadLocalRandom.current()))
                .plus(hook.map(BudgetConfig.Hook::timeout).orElse(Duration.ZERO));
    }

    @Override
    public void close() {
        webhook.ifPresent(Webhook::close);
    }
}
