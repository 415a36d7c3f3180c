package gpuanalytics.placement.podevents;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.embedded.testing.Lane;
import gpuanalytics.embedded.testing.TestBrokers;
import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.placement.extender.NodeHistory.Stability;
import gpuanalytics.service.health.PartHealth;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A program that ends and begins again loses nothing of the pods' history. */
@Timeout(300)
class PodEventLogIT {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Clock CLOCK = Clock.systemUTC();

    @Test
    void theNextProgramKnowsWhatTheLastOneSaw() throws Exception {
        try (var broker = TestBrokers.open(Lane.EMBEDDED)) {
            var config =
                    new PodEventsConfig(
                            broker.bootstrapServers(), "pod.events.v1", Duration.ofDays(7), 1000);
            try (var admin = Admin.create(Map.of("bootstrap.servers", config.bootstrap()))) {
                admin.createTopics(List.of(new NewTopic(config.topic(), 3, (short) 1))).all().get();
            }
            var now = CLOCK.instant().toString();

            var first = new PodHistory(config.retention(), CLOCK);
            var observer = new PodObserver(first, CLOCK);
            try (var _ = open(config, first, observer)) {
                observer.changed(PodEventsTest.pod("a", "Running", 1, now));
                observer.changed(PodEventsTest.pod("b", "Failed", 0, ""));
            }

            var second = new PodHistory(config.retention(), CLOCK);
            var later = new PodObserver(second, CLOCK);
            try (var _ = open(config, second, later)) {
                assertEquals(new Stability(2, 2), second.of("gpu-1"));
                assertEquals(first.size(), second.size());
                // a restarted again and b went while nobody watched
                later.listed(List.of(PodEventsTest.pod("a", "Running", 4, now)), 0);
                assertEquals(first.size() + 2, second.size());
            }

            var third = new PodHistory(config.retention(), CLOCK);
            try (var _ = open(config, third, new PodObserver(third, CLOCK))) {
                assertEquals(second.size(), third.size());
            }
        }
    }

    private PodEventLog open(PodEventsConfig config, PodHistory history, PodObserver observer)
            throws Exception {
        var health = new PartHealth("pod events", "starting", CLOCK);
        var log = PodEventLog.start(config, history, observer, health, CLOCK);
        Waiting.until(() -> health.report().detail(), LIMIT, () -> health.report().up());
        return log;
    }
}
