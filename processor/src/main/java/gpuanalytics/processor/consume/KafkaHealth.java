package gpuanalytics.processor.consume;

import gpuanalytics.service.health.PartHealth;
import java.util.EnumMap;
import java.util.Map;

/** The state of Kafka as those see it who use it: up when none of them has a problem. */
public final class KafkaHealth {

    /** Who may have a problem. */
    enum User {
        WATCH,
        CONSUMER,
        DEAD_LETTERS
    }

    private final PartHealth health;
    private final String address;
    private final Map<User, String> problems = new EnumMap<>(User.class);

    /** Down until the broker has answered. */
    public KafkaHealth(PartHealth health, String address) {
        this.health = health;
        this.address = address;
        problems.put(User.WATCH, "waiting for Kafka at " + address);
    }

    synchronized void works(User user) {
        if (problems.remove(user) != null || !health.report().up()) {
            report();
        }
    }

    synchronized void fails(User user, String problem) {
        problems.put(user, problem);
        report();
    }

    private void report() {
        if (problems.isEmpty()) {
            health.up("connected to " + address);
        } else {
            health.down(problems.values().iterator().next());
        }
    }
}
