package gpuanalytics.service.health;

import java.time.Instant;
import java.util.List;

/**
 * The state of every part, at one moment.
 *
 * @param live whether the process can still do its work, perhaps later; false asks for a restart
 * @param parts the state of each part
 */
public record HealthReport(boolean live, List<Part> parts) {

    /**
     * The state of one part.
     *
     * @param name what the part is called, such as {@code kafka} or {@code store}
     * @param up whether it works
     * @param detail what is wrong, or what it does
     * @param since since when it has been in this state
     */
    public record Part(String name, boolean up, String detail, Instant since) {}

    public HealthReport {
        parts = List.copyOf(parts);
    }

    /** Whether the process does its work now: it is live and every part works. */
    public boolean ready() {
        return live && parts.stream().allMatch(Part::up);
    }
}
