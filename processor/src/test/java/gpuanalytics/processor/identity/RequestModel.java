package gpuanalytics.processor.identity;

import gpuanalytics.event.Event;
import gpuanalytics.event.Field;
import gpuanalytics.event.TokenUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * Which usages under one id are about one request, as the event contract says it: those that name
 * user and provider first, then those that name the user, then the provider, then neither, each of
 * these by time; one after the other joins the nearest request that it agrees with.
 */
final class RequestModel {

    private static final Duration SPAN = Duration.ofHours(1);

    private static final List<Field<String>> WHOSE =
            List.of(TokenUsage.MODEL, TokenUsage.USER, TokenUsage.PROVIDER);

    private RequestModel() {}

    static List<List<Event>> requests(Collection<Event> usages) {
        var requests = new ArrayList<List<Event>>();
        for (var saysUser : List.of(true, false)) {
            for (var saysProvider : List.of(true, false)) {
                usages.stream()
                        .filter(usage -> (usage.get(TokenUsage.USER) != null) == saysUser)
                        .filter(usage -> (usage.get(TokenUsage.PROVIDER) != null) == saysProvider)
                        .sorted((one, other) -> one.ts().compareTo(other.ts()))
                        .forEach(usage -> join(usage, requests));
            }
        }
        return requests;
    }

    private static void join(Event usage, List<List<Event>> requests) {
        List<Event> nearest = null;
        for (var request : requests) {
            if (request.stream().allMatch(word -> agree(word, usage))
                    && distance(usage, request).compareTo(SPAN) <= 0
                    && (nearest == null
                            || distance(usage, request).compareTo(distance(usage, nearest)) < 0)) {
                nearest = request;
            }
        }
        if (nearest == null) {
            nearest = new ArrayList<>();
            requests.add(nearest);
        }
        nearest.add(usage);
    }

    private static boolean agree(Event one, Event other) {
        return WHOSE.stream()
                .allMatch(
                        field ->
                                one.get(field) == null
                                        || other.get(field) == null
                                        || Objects.equals(one.get(field), other.get(field)));
    }

    private static Duration distance(Event usage, List<Event> request) {
        return request.stream()
                .map(word -> Duration.between(word.ts(), usage.ts()).abs())
                .min(Duration::compareTo)
                .orElseThrow();
    }
}
