package gpuanalytics.placement.watch;

import gpuanalytics.placement.watch.RequestReader.RefusedException;
import gpuanalytics.service.kubernetes.JsonItem;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A pod, as far as placing it and its history hang on it. What the API does not say is empty.
 *
 * @param workload what made it, the same for all that one Deployment or CronJob makes: {@code
 *     ReplicaSet/web}; or its own name where nothing did
 * @param node where it is; empty while it waits
 * @param request what it asks for; what it takes at least where that is refused
 * @param refusal why its request cannot be met here; empty where it can
 * @param gpus the GPUs that it was given, as a set of bits; 0 where that is not known
 * @param containers what became of its containers
 * @param marks whose it is and what it runs
 */
public record PodState(
        String uid,
        String namespace,
        String name,
        String workload,
        String node,
        String phase,
        String reason,
        PodRequest request,
        String refusal,
        long gpus,
        List<ContainerState> containers,
        PodMarks marks) {

    /** What a Deployment adds to the names of its ReplicaSets: one for each template. */
    private static final Pattern TEMPLATE_HASH =
            Pattern.compile("(?<=.)-[bcdfghjklmnpqrstvwxz2456789]{8,10}$");

    /** What a CronJob adds to the names of its Jobs: one for each time. */
    private static final Pattern SCHEDULED_MINUTE = Pattern.compile("(?<=.)-\\d{8,}$");

    public PodState {
        containers = List.copyOf(containers);
    }

    /**
     * A container and its last end.
     *
     * @param restarts how often it was started again
     * @param exitCode of its last end; empty where it has not ended
     * @param reason of its last end, such as {@code OOMKilled}
     * @param finishedAt when that was, RFC 3339
     */
    public record ContainerState(
            String name, int restarts, String exitCode, String reason, String finishedAt) {}

    /** What the API's object says. */
    public static PodState of(JsonItem item) {
        var reader = new RequestReader(item);
        PodRequest request;
        var refusal = "";
        try {
            request = reader.read();
        } catch (RefusedException e) {
            // another scheduler may place it all the same
            request = reader.atLeast();
            refusal = e.reason();
        }
        var name = item.text("metadata", "name");
        return new PodState(
                item.text("metadata", "uid"),
                item.text("metadata", "namespace"),
                name,
                workload(item, name),
                item.text("spec", "nodeName"),
                item.text("status", "phase"),
                item.text("status", "reason"),
                request,
                refusal,
                gpus(item.text("metadata", "annotations", PodRequest.ALIBABA_INDEX)),
                containers(item),
                PodMarks.of(item));
    }

    public String key() {
        return namespace + "/" + name;
    }

    /** Whether it needs nothing any more. */
    public boolean isFinished() {
        return phase.equals("Succeeded") || phase.equals("Failed");
    }

    private static String workload(JsonItem item, String name) {
        var owners = item.items("metadata", "ownerReferences");
        if (owners.isEmpty()) {
            return "Pod/" + name;
        }
        var kind = owners.getFirst().text("kind");
        var owner = owners.getFirst().text("name");
        var added =
                switch (kind) {
                    case "ReplicaSet" -> TEMPLATE_HASH;
                    case "Job" -> SCHEDULED_MINUTE;
                    default -> null;
                };
        return kind + "/" + (added == null ? owner : added.matcher(owner).replaceFirst(""));
    }

    private static List<ContainerState> containers(JsonItem item) {
        var states = new ArrayList<ContainerState>();
        for (var status : item.items("status", "containerStatuses")) {
            var now = status.item("state", "terminated");
            var end = now.has("exitCode") ? now : status.item("lastState", "terminated");
            states.add(
                    new ContainerState(
                            status.text("name"),
                            restarts(status.text("restartCount")),
                            end.text("exitCode"),
                            end.text("reason"),
                            end.text("finishedAt")));
        }
        return states;
    }

    private static int restarts(String said) {
        try {
            return Math.max(0, Integer.parseInt(said));
        } catch (NumberFormatException ignored) {
            return 0; // a status without a count has none
        }
    }

    /** The set that {@code 0-3} is; 0 for what is none. */
    static long gpus(String index) {
        long set = 0;
        for (var part : index.split("-", -1)) {
            try {
                int gpu = Integer.parseInt(part.strip());
                if (gpu < 0 || gpu >= PodRequest.MAX_GPUS) {
                    return 0;
                }
                set |= 1L << gpu;
            } catch (NumberFormatException ignored) {
                return 0; // somebody else's annotation
            }
        }
        return set;
    }

    /** A set of GPUs as the annotation has it: {@code 0-3}. */
    public static String index(long gpus) {
        var parts = new ArrayList<String>();
        for (long left = gpus; left != 0; left &= left - 1) {
            parts.add(Integer.toString(Long.numberOfTrailingZeros(left)));
        }
        return String.join("-", parts);
    }
}
