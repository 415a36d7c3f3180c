package gpuanalytics.processor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.event.EventTopic;
import org.junit.jupiter.api.Test;

class PipelineIT {

    @Test
    void storesAndRollsUpEveryEventOnce() throws Exception {
        try (var fixture = PipelineFixture.withTopics();
                var processor = Processor.start(fixture.config())) {
            var ledger = new EventLedger(1);
            fixture.sendAll(ledger, 2000);

            fixture.awaitCommitted();

            ledger.assertMatches(fixture.database());
            Waiting.until(
                    "the lag to be 0", PipelineFixture.LIMIT, () -> processor.stats().lag() == 0);
            assertEquals(new ProcessorStats(2000, 2000, 0, 0, 0), processor.stats(), "every count");
        }
    }

    @Test
    void keepsTheNeighboursOfABadRecord() throws Exception {
        try (var fixture = PipelineFixture.withTopics();
                var processor = Processor.start(fixture.config())) {
            var ledger = new EventLedger(2);
            fixture.sendAll(ledger, 50);
            fixture.send(EventTopic.TOKEN_USAGE, 1, "{\"model\":".getBytes(UTF_8));
            fixture.sendAll(ledger, 50);

            fixture.awaitCommitted();

            ledger.assertMatches(fixture.database());
            var letters = fixture.deadLetters();
            assertEquals(1, letters.size());
            assertEquals("{\"model\":", new String(letters.getFirst().value(), UTF_8));
            assertEquals(
                    new ProcessorStats(101, 100, 0, 1, 0).rejected(), processor.stats().rejected());
        }
    }
}
