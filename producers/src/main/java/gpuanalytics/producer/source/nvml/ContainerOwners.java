package gpuanalytics.producer.source.nvml;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which container, and where there is Kubernetes which pod, a process belongs to: by its cgroup,
 * and by the names that kubelet gives to the container's log. Reads two directories and asks
 * nobody.
 */
final class ContainerOwners {

    /** Longer is no list of cgroups. */
    private static final int MAX_CGROUP_CHARS = 64 * 1024;

    private static final int MAX_CONTAINERS = 10_000;
    private static final int SHORT_ID_CHARS = 12;

    // docker-<id>.scope, cri-containerd-<id>.scope, crio-<id>.scope, /docker/<id>,
    // :cri-containerd:<id>
    private static final Pattern CONTAINER_ID =
            Pattern.compile("(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])");

    // systemd's slices have _ for the - of the UID; a static pod's is the hash of its manifest
    private static final Pattern POD_UID =
            Pattern.compile(
                    "pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}"
                            + "|[0-9a-f]{32})(?![0-9a-f])");

    private static final Pattern LOG_NAME =
            Pattern.compile("([^_]+)_([^_]+)_([^_]+)-([0-9a-f]{64})\\.log");

    /**
     * Where a process runs.
     *
     * @param podUid the pod's UID; null outside of Kubernetes
     * @param containerId 64 hexadecimal digits
     * @param names what kubelet calls it; null where that cannot be read
     */
    record Owner(@Nullable String podUid, String containerId, @Nullable Names names) {

        /** The container's name, else its short id. */
        String container() {
            return names == null ? containerId.substring(0, SHORT_ID_CHARS) : names.container();
        }
    }

    /** The names of a container in Kubernetes. */
    record Names(String pod, String namespace, String container) {}

    private final Path processes;
    private final Path containerLogs;
    private Map<String, Names> namesById = Map.of();
    private boolean namesAreFresh;

    ContainerOwners(Path processes, Path containerLogs) {
        this.processes = processes;
        this.containerLogs = containerLogs;
    }

    /** Containers started since are looked for again, once. */
    void refresh() {
        namesAreFresh = false;
    }

    /** Whose a process is; empty where it is nobody's, gone or not to be seen. */
    Optional<Owner> ownerOf(long pid) {
        var cgroups = cgroups(pid);
        var container = CONTAINER_ID.matcher(cgroups);
        if (!container.find()) {
            return Optional.empty();
        }
        var id = container.group();
        var pod = POD_UID.matcher(cgroups);
        return Optional.of(
                new Owner(pod.find() ? pod.group(1).replace('_', '-') : null, id, names(id)));
    }

    private String cgroups(long pid) {
        try (var reader = Files.newBufferedReader(processes.resolve(pid + "").resolve("cgroup"))) {
            var text = new char[MAX_CGROUP_CHARS];
            int length = Math.max(0, reader.read(text));
            return new String(text, 0, length);
        } catch (IOException ignored) {
            return ""; // ended, or of a name space that cannot be seen
        }
    }

    private @Nullable Names names(String containerId) {
        if (!namesById.containsKey(containerId) && !namesAreFresh) {
            namesById = readNames();
            namesAreFresh = true;
        }
        return namesById.get(containerId);
    }

    private Map<String, Names> readNames() {
        var names = new HashMap<String, Names>();
        try (var logs = Files.newDirectoryStream(containerLogs, "*.log")) {
            for (var log : logs) {
                var name = LOG_NAME.matcher(log.getFileName().toString());
                if (name.matches() && names.size() < MAX_CONTAINERS) {
                    names.put(
                            name.group(4), new Names(name.group(1), name.group(2), name.group(3)));
                }
            }
        } catch (IOException | DirectoryIteratorException ignored) {
            return names; // no Kubernetes here, or not to be seen
        }
        return names;
    }
}
