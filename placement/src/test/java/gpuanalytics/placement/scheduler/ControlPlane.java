package gpuanalytics.placement.scheduler;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.embedded.testing.Waiting;
import gpuanalytics.service.kubernetes.Certificates;
import gpuanalytics.service.kubernetes.JsonItem;
import gpuanalytics.service.kubernetes.KubernetesAccess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/**
 * Kubernetes' own API server, its etcd and its scheduler as processes, and no node but those that
 * are made up: of the binaries in {@code ../shared/cluster}.
 */
final class ControlPlane implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Path BINARIES = Path.of("../../shared/cluster/bin");
    private static final String ADMIN = "admin-token";
    private static final String PLACEMENT = "placement-token";

    private final Path folder;
    private final Path bin;
    private final List<Process> processes = new ArrayList<>();
    private final int apiPort;
    private final HttpClient client;

    /** Why it cannot be started here; empty where it can. */
    static Optional<String> isMissing() {
        return Files.isReadable(BINARIES.resolve("kube.zst"))
                ? Optional.empty()
                : Optional.of("no %s/kube.zst".formatted(BINARIES));
    }

    /**
     * Starts etcd and the API server.
     *
     * @param folder where they may write
     */
    static ControlPlane start(Path folder) throws Exception {
        var plane = new ControlPlane(folder);
        try {
            Waiting.until("the API server", LIMIT, plane::isReady);
            return plane;
        } catch (Exception | AssertionError e) {
            plane.close();
            throw e;
        }
    }

    private ControlPlane(Path folder) throws Exception {
        this.folder = folder;
        bin = Files.createDirectories(folder.resolve("bin"));
        unpack("kube");
        unpack("tools");
        for (var name : List.of("etcd", "kube-apiserver", "kube-scheduler")) {
            Files.createSymbolicLink(bin.resolve(name), bin.resolve("kube"));
        }
        int etcd = freePort();
        int peer = freePort();
        apiPort = freePort();
        var pki = folder.resolve("pki");
        run(
                bin.resolve("tools").toString(),
                "pki",
                "--dir",
                pki.toString(),
                "--server",
                "127.0.0.1:" + apiPort,
                "--service",
                "10.43.0.1",
                "--nodes",
                "node-1=127.0.0.1");
        Files.writeString(
                folder.resolve("tokens"),
                """
                %s,admin,1,"system:masters"
                %s,system:serviceaccount:app:placement,2,""
                """
                        .formatted(ADMIN, PLACEMENT));
        startEtcd(etcd, peer);
        startApi(etcd, pki);
        client = HttpClient.newBuilder().sslContext(trust(pki)).build();
    }

    private static SSLContext trust(Path pki) throws IOException {
        return Certificates.trusting(pki.resolve("ca.crt"));
    }

    private void startEtcd(int port, int peer) throws IOException {
        var url = "http://127.0.0.1:" + port;
        var peerUrl = "http://127.0.0.1:" + peer;
        start(
                "etcd",
                "--data-dir=" + folder.resolve("etcd"),
                "--listen-client-urls=" + url,
                "--advertise-client-urls=" + url,
                "--listen-peer-urls=" + peerUrl,
                "--initial-advertise-peer-urls=" + peerUrl,
                "--initial-cluster=default=" + peerUrl,
                "--unsafe-no-fsync",
                "--log-level=warn");
    }

    private void startApi(int etcd, Path pki) throws IOException {
        start(
                "kube-apiserver",
                "--etcd-servers=http://127.0.0.1:" + etcd,
                "--bind-address=127.0.0.1",
                "--secure-port=" + apiPort,
                "--service-cluster-ip-range=10.43.0.0/16",
                "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
                "--service-account-key-file=" + pki.resolve("sa.pub"),
                "--service-account-signing-key-file=" + pki.resolve("sa.key"),
                "--authorization-mode=RBAC",
                "--token-auth-file=" + folder.resolve("tokens"),
                // no controller makes accounts, and none takes the taint of a new node away
                "--disable-admission-plugins=ServiceAccount,TaintNodesByCondition",
                "--client-ca-file=" + pki.resolve("ca.crt"),
                "--tls-cert-file=" + pki.resolve("apiserver.crt"),
                "--tls-private-key-file=" + pki.resolve("apiserver.key"),
                "--watch-cache=true",
                "--profiling=false");
    }

    /** Starts a scheduler. */
    void schedule(String configuration) throws IOException {
        var kubeconfig = folder.resolve("pki/scheduler.kubeconfig");
        var file = folder.resolve("scheduler.yaml");
        Files.writeString(
                file,
                configuration
                        .replace(
                                "/var/lib/rancher/k3s/server/cred/scheduler.kubeconfig",
                                kubeconfig.toString())
                        .replace("leaderElect: true", "leaderElect: false"));
        start(
                "kube-scheduler",
                "--config=" + file,
                "--authentication-kubeconfig=" + kubeconfig,
                "--authorization-kubeconfig=" + kubeconfig,
                "--bind-address=127.0.0.1",
                "--secure-port=" + freePort());
    }

    /** How the program reaches it, with no rights but those that it was given. */
    KubernetesAccess access() throws IOException {
        var credentials = Files.createDirectories(folder.resolve("credentials"));
        Files.writeString(credentials.resolve("token"), PLACEMENT);
        Files.copy(
                folder.resolve("pki/ca.crt"),
                credentials.resolve("ca.crt"),
                StandardCopyOption.REPLACE_EXISTING);
        return new KubernetesAccess(Optional.of(url()), credentials);
    }

    private String url() {
        return "https://127.0.0.1:" + apiPort;
    }

    private boolean isReady() throws InterruptedException {
        for (var process : processes) {
            if (!process.isAlive()) {
                throw new IllegalStateException(
                        "a process of the control plane has ended: " + logs());
            }
        }
        try {
            // the last thing that a new API server makes
            return asked("GET", "/readyz", "", "text/plain").startsWith("ok")
                    && !asked("GET", "/api/v1/namespaces/default", "", "text/plain").isEmpty();
        } catch (IOException ignored) {
            return false; // it does not listen yet
        }
    }

    /** Makes an object; YAML is JSON too. */
    void create(String path, String object) throws IOException, InterruptedException {
        asked("POST", path, object, "application/yaml");
    }

    JsonItem list(String path) throws IOException, InterruptedException {
        return JsonItem.parse(asked("GET", path, "", "application/json").getBytes(UTF_8));
    }

    private String asked(String method, String path, String body, String type)
            throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create(url() + path))
                        .timeout(LIMIT)
                        .header("authorization", "Bearer " + ADMIN)
                        .header("content-type", type)
                        .method(method, HttpRequest.BodyPublishers.ofString(body));
        var answer = client.send(request.build(), BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(
                    "%s %s: %d %s".formatted(method, path, answer.statusCode(), answer.body()));
        }
        return answer.body();
    }

    private void unpack(String name) throws Exception {
        var file = bin.resolve(name);
        run(
                "zstd",
                "-q",
                "-d",
                "--long=27",
                BINARIES.resolve(name + ".zst").toString(),
                "-o",
                file.toString());
        if (!file.toFile().setExecutable(true)) {
            throw new IOException(file + " cannot be made executable");
        }
    }

    private void run(String... command) throws Exception {
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("run.log").toFile())
                        .start();
        if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(
                    "%s failed: %s"
                            .formatted(
                                    List.of(command), Files.readString(folder.resolve("run.log"))));
        }
    }

    private void start(String name, String... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(bin.resolve(name).toString());
        command.addAll(List.of(arguments));
        processes.add(
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve(name + ".log").toFile())
                        .start());
    }

    private String logs() {
        var text = new StringBuilder();
        for (var name : List.of("etcd", "kube-apiserver", "kube-scheduler")) {
            try {
                var lines = Files.readAllLines(folder.resolve(name + ".log"));
                text.append(name)
                        .append(": ")
                        .append(lines.subList(Math.max(0, lines.size() - 5), lines.size()))
                        .append('\n');
            } catch (IOException ignored) {
                // it was not started
            }
        }
        return text.toString();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        for (var process : processes.reversed()) {
            process.destroyForcibly();
        }
        for (var process : processes) {
            process.onExit().join();
        }
    }
}
