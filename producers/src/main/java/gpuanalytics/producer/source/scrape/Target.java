package gpuanalytics.producer.source.scrape;

import gpuanalytics.service.kubernetes.KubernetesAccess;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/**
 * An exporter.
 *
 * @param uri where its metrics are
 * @param pod the pod that it is, where it was found as one
 */
public record Target(URI uri, Optional<Pod> pod) {

    /**
     * A pod of Kubernetes.
     *
     * @param node the machine it runs on; empty where the API does not say
     */
    public record Pod(String namespace, String name, String node) {}

    static Target of(URI uri) {
        return new Target(uri, Optional.empty());
    }

    /**
     * An address as people write it, {@code host:9400} or a URL, whose path is {@code /metrics}
     * unless it has one.
     *
     * @throws IllegalArgumentException where it is none of HTTP, or has a user, query or fragment
     */
    static URI parse(String address) {
        try {
            var uri = new URI(address.contains("://") ? address : "http://" + address);
            boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (!isHttp
                    || uri.getHost() == null
                    || uri.getRawUserInfo() != null
                    || uri.getRawQuery() != null
                    || uri.getRawFragment() != null) {
                throw new IllegalArgumentException(address + " is no URL of HTTP");
            }
            var path = uri.getRawPath().isEmpty() ? "/metrics" : uri.getRawPath();
            return new URI(uri.getScheme(), null, uri.getHost(), uri.getPort(), path, null, null);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(address + " is no URL", e);
        }
    }

    /** The same place at another address. */
    static URI at(URI uri, String address) {
        try {
            return new URI(
                    uri.getScheme(),
                    null,
                    KubernetesAccess.bracketed(address),
                    uri.getPort(),
                    uri.getPath(),
                    null,
                    null);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(address + " is no address", e);
        }
    }

    /** The host of its address. */
    public String host() {
        return uri.getHost();
    }

    /** How health and log call it. */
    @Override
    public String toString() {
        return pod.map(p -> "%s/%s (%s)".formatted(p.namespace(), p.name(), uri))
                .orElseGet(uri::toString);
    }
}
