package gpuanalytics.placement.http;

import gpuanalytics.service.health.HealthReport;
import java.util.function.Supplier;

/**
 * What is asked over HTTP.
 *
 * @param health answers at once: it is asked on the event loop
 */
public record Parts(Supplier<HealthReport> health) {}
