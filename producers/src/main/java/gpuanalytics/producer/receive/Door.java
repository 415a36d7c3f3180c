package gpuanalytics.producer.receive;

import gpuanalytics.event.Decoded.Refusal;
import gpuanalytics.event.Decoded.Rejected;
import gpuanalytics.event.EventCodec;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.RejectReason;
import gpuanalytics.producer.publish.DoorPublisher;
import gpuanalytics.producer.publish.Fate;
import gpuanalytics.producer.publish.Letter;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.http.ByteBudget;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where every way in hands its events to. It answers only when Kafka has acknowledged all of a
 * request: accepted items as events, refused ones as dead letters with their bytes. Nothing that
 * was accepted is lost; what was not answered is sent again by the client and counts once by its
 * identity.
 */
public final class Door implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Door.class);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private final String name;
    private final DoorPublisher publisher;
    private final Duration ackTimeout;
    private final ByteBudget budget;
    private final Instant opened;
    private final MeterRegistry meters;
    private final Counter accepted;
    private final Counter refused;
    private final Counter passed;
    private final Counter unavailable;
    private final Counter slow;
    private volatile boolean ready;
    private volatile boolean closed;

    /**
     * A door that waits for Kafka.
     *
     * @param name in health, metrics and dead letters
     * @param ackTimeout how long Kafka may take to acknowledge a request
     * @param maxBytes what requests under way may hold together
     */
    public Door(
            String name,
            DoorPublisher publisher,
            Duration ackTimeout,
            long maxBytes,
            Clock clock,
            MeterRegistry meters) {
        this.name = name;
        this.publisher = publisher;
        this.ackTimeout = ackTimeout;
        this.budget = new ByteBudget(maxBytes);
        this.opened = clock.instant();
        this.meters = meters;
        this.accepted = items("accepted", meters);
        this.refused = items("refused", meters);
        this.passed = items("passed", meters);
        this.unavailable =
                Counter.builder("producer.door.unavailable").tag("door", name).register(meters);
        this.slow = Counter.builder("producer.door.slow").tag("door", name).register(meters);
        Gauge.builder("producer.door.bytes", budget, ByteBudget::taken)
                .tag("door", name)
                .register(meters);
        FunctionCounter.builder("producer.door.full", budget, ByteBudget::refusals)
                .tags("door", name, "of", "bytes")
                .register(meters);
        Thread.ofVirtual().name("door-" + name).start(this::awaitReady);
    }

    /**
     * Shows how many calls are under way.
     *
     * @param calls what counts them; the door's owner keeps it
     * @param limit how many may be
     * @param turnedAway how many found no place
     */
    public <T> void show(
            T calls, int limit, ToDoubleFunction<T> underWay, ToDoubleFunction<T> turnedAway) {
        Gauge.builder("producer.door.calls", calls, underWay).tag("door", name).register(meters);
        Gauge.builder("producer.door.calls.limit", () -> limit).tag("door", name).register(meters);
        Gauge.builder(
                        "producer.door.calls.share",
                        calls,
                        counted -> underWay.applyAsDouble(counted) / limit)
                .tag("door", name)
                .register(meters);
        FunctionCounter.builder("producer.door.full", calls, turnedAway)
                .tags("door", name, "of", "calls")
                .register(meters);
    }

    /** A call is ended whose client has kept the door waiting. */
    public void countSlow() {
        slow.increment();
    }

    private Counter items(String outcome, MeterRegistry meters) {
        return Counter.builder("producer.door.items")
                .tag("door", name)
                .tag("outcome", outcome)
                .register(meters);
    }

    private void awaitReady() {
        ready = publisher.awaitReady(() -> closed);
    }

    /** What the requests under way may hold together. */
    public ByteBudget budget() {
        return budget;
    }

    /** Counts items that are none of ours: neither accepted nor refused. */
    public void pass(int items) {
        passed.increment(items);
    }

    /**
     * Takes what a client tells, and returns when all of it is in Kafka. Waits, so no event loop
     * may call it.
     *
     * @throws UnavailableException when it is not, or not known to be
     * @throws InterruptedException when nobody waits for the answer any more
     */
    public Receipt tell(List<Told> items) throws InterruptedException {
        requireAvailable();
        var first = new Fates(items.size());
        for (int i = 0; i < items.size() && first.goesOn(); i++) {
            switch (items.get(i)) {
                case Told.Fact(var event, var lacking) ->
                        publisher.send(event, lacking, first.fate(i));
                case Told.Refused(var letter) -> publisher.send(letter, false, first.fate(i));
            }
        }
        var fates = await(first);
        var receipt = new Receipt(refusals(items, fates));
        tellTooLarge(items, fates, receipt);
        accepted.increment(receipt.accepted());
        refused.increment(receipt.refused());
        countReadings(items, receipt);
        return receipt;
    }

    /** Counts the readings that accepted events lack, once they are in Kafka. */
    private void countReadings(List<Told> items, Receipt receipt) {
        for (int i = 0; i < items.size(); i++) {
            if (items.get(i) instanceof Told.Fact(var event, var lacking)
                    && receipt.refusals().get(i).isEmpty()) {
                for (var each : lacking) {
                    countReading(event.topic(), each);
                }
            }
        }
    }

    /** As the processor counts what it refuses itself. */
    private void countReading(EventTopic topic, Refusal reading) {
        if (!reading.isPassedOn()) {
            meters.counter(
                            "readings.refused",
                            "topic",
                            topic.defaultName(),
                            "field",
                            reading.field(),
                            "reason",
                            reading.reason().label())
                    .increment();
        }
    }

    /** Why nothing is taken at present, in one line; empty where it is. */
    public Optional<String> unavailable() {
        return ready
                ? publisher.unavailable()
                : Optional.of(publisher.unavailable().orElse("Kafka lacks a topic"));
    }

    private void requireAvailable() {
        unavailable()
                .ifPresent(
                        problem -> {
                            throw refuse(problem);
                        });
    }

    private UnavailableException refuse(String problem) {
        unavailable.increment();
        return new UnavailableException(problem, RETRY_AFTER);
    }

    private List<Fate> await(Fates sent) throws InterruptedException {
        if (!sent.await(ackTimeout)) {
            throw refuse(
                    "Kafka has not acknowledged within %d ms".formatted(ackTimeout.toMillis()));
        }
        var fates = sent.fates();
        if (fates.contains(Fate.FAILED)) {
            throw refuse("Kafka refuses records");
        }
        if (fates.contains(Fate.NOT_TAKEN)) {
            throw refuse("Kafka takes no more records at present");
        }
        return fates;
    }

    private static List<Optional<Rejected>> refusals(List<Told> items, List<Fate> fates) {
        var refusals = new ArrayList<Optional<Rejected>>(items.size());
        for (int i = 0; i < items.size(); i++) {
            refusals.add(Optional.ofNullable(refusal(items.get(i), fates.get(i))));
        }
        return refusals;
    }

    private static @Nullable Rejected refusal(Told item, Fate fate) {
        return switch (item) {
            case Told.Fact _ when fate == Fate.TOO_LARGE ->
                    new Rejected(
                            RejectReason.TOO_LARGE, "record is larger than Kafka's topic takes");
            case Told.Fact _ -> null;
            case Told.Refused(var letter) -> letter.why();
        };
    }

    /** What was too large is kept as far as it may be; the rest of it is the client's. */
    private void tellTooLarge(List<Told> items, List<Fate> fates, Receipt receipt)
            throws InterruptedException {
        var letters = new ArrayList<Letter>();
        for (int i = 0; i < items.size(); i++) {
            if (fates.get(i) == Fate.TOO_LARGE) {
                letters.add(letter(items.get(i), receipt.refusals().get(i).orElseThrow()));
            }
        }
        if (letters.isEmpty()) {
            return;
        }
        var sent = new Fates(letters.size());
        for (int i = 0; i < letters.size() && sent.goesOn(); i++) {
            publisher.send(letters.get(i), true, sent.fate(i));
        }
        if (await(sent).contains(Fate.TOO_LARGE)) {
            LOG.atWarn().addKeyValue("door", name).log("a dead letter is too large even when cut");
        }
    }

    private static Letter letter(Told item, Rejected why) {
        return switch (item) {
            case Told.Fact(var event, var lacking) ->
                    new Letter(
                            why,
                            Optional.of(event.topic()),
                            "application/json",
                            EventCodec.encode(event, lacking));
            case Told.Refused(var letter) -> letter;
        };
    }

    /**
     * Its state.
     *
     * @param address where it listens
     */
    public HealthReport.Part part(String address) {
        return new HealthReport.Part(
                "door." + name,
                ready,
                "%s: %d items accepted, %d refused%s"
                        .formatted(
                                address,
                                (long) accepted.count(),
                                (long) refused.count(),
                                ready ? "" : ", waits for Kafka's topics"),
                opened);
    }

    /** Waits for Kafka no more; what is being told goes on. */
    @Override
    public void close() {
        closed = true;
    }
}
