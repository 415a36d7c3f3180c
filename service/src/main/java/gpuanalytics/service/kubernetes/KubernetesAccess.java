package gpuanalytics.service.kubernetes;

import gpuanalytics.service.config.EnvironmentReader;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The API of the cluster that we run in, for those who look for pods.
 *
 * @param url its address; empty outside of a cluster
 * @param credentials the folder with {@code token} and {@code ca.crt} of the service account
 */
public record KubernetesAccess(Optional<String> url, Path credentials) {

    /** Reads every variable; errors are left in the reader. */
    public static KubernetesAccess read(EnvironmentReader env) {
        var host = env.text("KUBERNETES_SERVICE_HOST", "Set by kubelet: where the API is");
        var port = env.text("KUBERNETES_SERVICE_PORT", "443", "Set by kubelet: its port");
        var url =
                env.text(
                        "KUBERNETES_API_URL",
                        "The API that is asked for pods; by default where kubelet says it is");
        return new KubernetesAccess(
                url.or(() -> host.map(name -> "https://%s:%s".formatted(bracketed(name), port))),
                Path.of(
                        env.text(
                                "KUBERNETES_CREDENTIALS",
                                "/var/run/secrets/kubernetes.io/serviceaccount",
                                "The folder with the service account's token and ca.crt")));
    }

    /** An address of IPv6 stands in brackets in a URL. */
    public static String bracketed(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }
}
