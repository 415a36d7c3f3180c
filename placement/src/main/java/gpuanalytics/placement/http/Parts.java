package gpuanalytics.placement.http;

import gpuanalytics.placement.extender.Extender;
import gpuanalytics.placement.extender.ExtenderConfig;
import gpuanalytics.service.health.HealthReport;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What is asked over HTTP.
 *
 * @param health answers at once: it is asked on the event loop
 * @param placing places pods; empty where it does not
 */
public record Parts(Supplier<HealthReport> health, Optional<Placing> placing) {

    /** What answers schedulers. */
    public record Placing(Extender extender, ExtenderConfig config) {}
}
