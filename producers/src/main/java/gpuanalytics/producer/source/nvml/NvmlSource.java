package gpuanalytics.producer.source.nvml;

import gpuanalytics.event.Event;
import gpuanalytics.producer.source.IntervalSource;
import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.health.PartHealth;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The GPUs of this machine, one sample of each per interval, taken at its multiples. What could not
 * be read stays a gap: a lost GPU or driver is named by {@link #health} and tried again.
 */
public final class NvmlSource extends IntervalSource {

    private final NvmlOptions options;
    private final Supplier<Nvml> opening;
    private final PartHealth state;
    private final Set<String> known = new LinkedHashSet<>();
    private @Nullable NvmlSession session;
    private Instant retryAt = Instant.MAX;

    /**
     * Opens the library. A driver that is not loaded yet is waited for.
     *
     * @throws ConfigurationException if there is no library
     */
    public NvmlSource(NvmlOptions options, Clock clock) {
        this(options, () -> NativeNvml.open(options.nvmlLibrary()), clock);
    }

    NvmlSource(NvmlOptions options, Supplier<Nvml> opening, Clock clock) {
        super(options.interval());
        this.options = options;
        this.opening = opening;
        this.state = new PartHealth("nvml", "not started", clock);
        try {
            open(clock.instant());
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(List.of(notLoaded(e)));
        }
    }

    private String notLoaded(IllegalArgumentException e) {
        return "NVML_LIBRARY is %s, expected the NVIDIA driver's management library: %s"
                .formatted(options.nvmlLibrary(), e.getMessage());
    }

    /** Whether every GPU that was ever seen is sampled. */
    public HealthReport.Part health() {
        return state.report();
    }

    @Override
    protected Collection<Event> look(Instant now) {
        if (!now.isBefore(retryAt)) {
            reopen(now);
        }
        var open = session;
        if (open == null) {
            return List.of();
        }
        var sampled = new ArrayList<Event>();
        try {
            sampled.addAll(open.sample(now));
            report(open, now);
        } catch (NvmlException e) {
            away(e.getMessage(), now);
        }
        return sampled;
    }

    private void reopen(Instant now) {
        close();
        try {
            open(now);
        } catch (IllegalArgumentException e) {
            away(notLoaded(e), now);
        }
    }

    private void open(Instant now) {
        retryAt = Instant.MAX;
        Nvml opened = null;
        try {
            opened = opening.get();
            session = new NvmlSession(opened, options);
            report(session, now);
        } catch (NvmlException e) {
            if (session == null && opened != null) {
                opened.close();
            }
            away(e.getMessage(), now);
        }
    }

    private void away(@Nullable String why, Instant now) {
        close();
        retryLater(now);
        state.down("no GPU is sampled: " + why);
    }

    private void report(NvmlSession open, Instant now) {
        var missing = new ArrayList<>(open.lost());
        missing.addAll(gone(open));
        var working = "GPUs sampled: %d, driver %s".formatted(open.present(), open.driverVersion());
        if (missing.isEmpty()) {
            state.up(working);
            return;
        }
        if (retryAt.equals(Instant.MAX)) {
            retryLater(now);
        }
        state.down(working + "; " + String.join("; ", missing));
    }

    /** GPUs of an earlier session that the driver does not know any more. */
    private Collection<String> gone(NvmlSession open) {
        var uuids = open.uuids();
        known.addAll(uuids);
        return known.stream()
                .filter(uuid -> !uuids.contains(uuid))
                .map(uuid -> uuid + " is gone")
                .toList();
    }

    private void retryLater(Instant now) {
        retryAt = now.plus(atLeastAnInterval(options.retry()));
    }

    private Duration atLeastAnInterval(Duration retry) {
        return retry.compareTo(options.interval()) > 0 ? retry : options.interval();
    }

    @Override
    public void close() {
        if (session != null) {
            session.close();
            session = null;
        }
    }
}
