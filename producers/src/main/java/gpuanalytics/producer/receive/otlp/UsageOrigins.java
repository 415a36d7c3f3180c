package gpuanalytics.producer.receive.otlp;

import gpuanalytics.producer.receive.UsageOrigin;
import java.util.Map;

/**
 * What each service's usage is counted from, so that none is counted twice. Stateless: which it is
 * does not hang on what came first, or to which replica.
 *
 * @param byService the services that are not counted from their spans
 */
public record UsageOrigins(Map<String, UsageOrigin> byService) {

    public UsageOrigins {
        byService = Map.copyOf(byService);
    }

    /** Whether usage in this signal counts; where it does not, the sender is told why. */
    boolean allow(UsageOrigin signal, Attributes attributes, Translation told) {
        if (counts(signal, attributes)) {
            return true;
        }
        var service = service(attributes);
        var counted = counted(service);
        told.warn(
                "token usage in %s of service \"%s\" is not counted, its %s are; DOOR_USAGE_FROM says which"
                        .formatted(
                                signal.label(),
                                service,
                                counted == UsageOrigin.SCRAPE
                                        ? "scraped counters"
                                        : counted.label()));
        return false;
    }

    /** Whether usage in this signal counts. */
    boolean counts(UsageOrigin signal, Attributes attributes) {
        return counted(service(attributes)) == signal;
    }

    private UsageOrigin counted(String service) {
        return byService.getOrDefault(service, UsageOrigin.SPANS);
    }

    private static String service(Attributes attributes) {
        return attributes.text(GenAiUsage.SERVICE).orElse("");
    }
}
