package gpuanalytics.producer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Event;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.producer.publish.Delivered;
import gpuanalytics.producer.publish.EventPublisher;
import gpuanalytics.producer.source.EventSource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class SampleLoopTest {

    /** Events that are all due at once. */
    private static final class ListSource implements EventSource {

        private final Deque<Event> events = new ArrayDeque<>();
        private final List<Integer> taken = new ArrayList<>();
        private final boolean endless;

        ListSource(int count, boolean endless) {
            this.endless = endless;
            for (int request = 0; request < count; request++) {
                events.add(
                        TokenUsage.builder()
                                .set(TokenUsage.TS, Instant.EPOCH)
                                .set(TokenUsage.MODEL, "m")
                                .set(TokenUsage.REQUEST_ID, "r" + request)
                                .set(TokenUsage.PROMPT_TOKENS, 1L)
                                .build());
            }
        }

        @Override
        public boolean ended() {
            return events.isEmpty() && !endless;
        }

        @Override
        public Instant nextDue(Instant now) {
            return events.isEmpty() ? Instant.MAX : now;
        }

        @Override
        public List<Event> take(Instant now, int max) {
            var batch = new ArrayList<Event>();
            while (batch.size() < max && !events.isEmpty()) {
                batch.add(events.remove());
            }
            taken.add(batch.size());
            return batch;
        }
    }

    /** Keeps what it is given. */
    private static final class ListPublisher implements EventPublisher {

        private final List<Event> published = Collections.synchronizedList(new ArrayList<>());
        private final CountDownLatch ready = new CountDownLatch(1);
        private volatile boolean awaited;

        @Override
        public boolean awaitReady(BooleanSupplier stopped) {
            ready.countDown();
            return true;
        }

        @Override
        public boolean publish(Event event, BooleanSupplier stopped) {
            published.add(event);
            return true;
        }

        @Override
        public void awaitDelivered(BooleanSupplier stopped) {
            awaited = true;
        }

        @Override
        public Delivered delivered() {
            return new Delivered(Map.of(), Map.of(), 0, 0, 0);
        }
    }

    private static SampleLoop loop(EventSource source, EventPublisher publisher) {
        return new SampleLoop(source, publisher, Clock.systemUTC(), 20, () -> Duration.ofHours(1));
    }

    @Test
    void handsOverBatchesInOrderUntilTheSourceEnds() {
        var source = new ListSource(50, false);
        var expected = List.copyOf(source.events);
        var publisher = new ListPublisher();

        loop(source, publisher).run();

        assertEquals(expected, publisher.published);
        assertEquals(List.of(20, 20, 10), source.taken);
        assertTrue(publisher.awaited, "waits for the acknowledgements");
    }

    @Test
    void stopsWhileNothingIsDue() throws InterruptedException {
        var publisher = new ListPublisher();
        var loop = loop(new ListSource(0, true), publisher);
        var thread = Thread.ofPlatform().start(loop::run);
        assertTrue(publisher.ready.await(60, TimeUnit.SECONDS));

        loop.stop();

        assertTrue(thread.join(Duration.ofSeconds(60)));
        assertEquals(List.of(), publisher.published);
    }
}
