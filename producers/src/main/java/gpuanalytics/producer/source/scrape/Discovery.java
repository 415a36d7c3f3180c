package gpuanalytics.producer.source.scrape;

import gpuanalytics.service.lifecycle.Periodic;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who the targets are now: those of the list, all addresses of names, and pods. What cannot be
 * looked up keeps the targets that it had, and is named. Any thread may ask.
 */
final class Discovery implements AutoCloseable {

    private final ScrapeOptions options;
    private final Resolver resolver;
    private final Map<URI, List<Target>> named = new ConcurrentHashMap<>();
    private final Map<URI, String> unresolved = new ConcurrentHashMap<>();
    private final Optional<PodWatch> pods;
    private @Nullable Periodic lookups;

    /** Gives the addresses of a name. */
    interface Resolver {

        /** All of the system's. */
        Resolver SYSTEM =
                name ->
                        Arrays.stream(InetAddress.getAllByName(name))
                                .map(InetAddress::getHostAddress)
                                .toList();

        Collection<String> addresses(String name) throws UnknownHostException;
    }

    Discovery(ScrapeOptions options, Resolver resolver) {
        this.options = options;
        this.resolver = resolver;
        this.pods = options.pods().map(PodWatch::new);
    }

    /** Looks up names, at once and then again and again, and begins to watch pods. */
    void start() {
        if (!options.names().isEmpty()) {
            Thread.ofVirtual().name(options.name() + "-names").start(this::lookUp);
            lookups = new Periodic(options.name() + "-names", options.discovery(), this::lookUp);
        }
        pods.ifPresent(PodWatch::start);
    }

    /** Looks up every name once; may take as long as the resolver does. */
    void lookUp() {
        for (var uri : options.names()) {
            try {
                var addresses = resolver.addresses(uri.getHost());
                named.put(
                        uri,
                        addresses.stream()
                                .distinct()
                                .sorted()
                                .map(address -> Target.of(Target.at(uri, address)))
                                .toList());
                unresolved.remove(uri);
            } catch (UnknownHostException ignored) {
                // the message of it is the name again
                unresolved.put(uri, uri.getHost() + " has no address");
            }
        }
    }

    /** The targets, the first ones where there are more than there may be. */
    List<Target> targets() {
        var all = all();
        return List.copyOf(all).subList(0, Math.min(all.size(), options.limits().targets()));
    }

    private Collection<Target> all() {
        var all = new LinkedHashMap<URI, Target>();
        // what is known of a pod goes before what only its address says
        pods.ifPresent(watch -> watch.targets().forEach(each -> all.put(each.uri(), each)));
        options.targets().forEach(uri -> all.putIfAbsent(uri, Target.of(uri)));
        for (var uri : options.names()) {
            named.getOrDefault(uri, List.of()).forEach(each -> all.putIfAbsent(each.uri(), each));
        }
        return all.values();
    }

    /** What cannot be looked up, and what is left out, in words. */
    List<String> problems() {
        var problems = new ArrayList<String>();
        options.names().stream()
                .filter(unresolved::containsKey)
                .forEach(uri -> problems.add(unresolved.get(uri)));
        pods.flatMap(PodWatch::problem).ifPresent(problems::add);
        int surplus = all().size() - options.limits().targets();
        if (surplus > 0) {
            problems.add(
                    "%d targets are left out, expected at most %d"
                            .formatted(surplus, options.limits().targets()));
        }
        return problems;
    }

    @Override
    public void close() {
        if (lookups != null) {
            lookups.close();
        }
        pods.ifPresent(PodWatch::close);
    }
}
