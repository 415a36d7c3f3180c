package gpuanalytics.placement.podevents;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.placement.watch.PodState;
import gpuanalytics.placement.watch.PodState.ContainerState;
import gpuanalytics.service.http.Json;
import gpuanalytics.service.kubernetes.JsonItem;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/**
 * Something that happened to a pod, as {@code pod.events.v1.schema.json} says. Texts that are empty
 * are absent there.
 *
 * @param id what happened to which pod, and for the how manyth time: seen again it is the same
 * @param at when it happened, or when it was seen
 * @param restarts how often the container was started again by then; 0 for none
 * @param exitCode as text; empty where it is not known
 */
record PodEvent(
        String id,
        Instant at,
        Kind kind,
        String uid,
        String namespace,
        String pod,
        String workload,
        String node,
        String phase,
        String container,
        int restarts,
        String exitCode,
        String reason) {

    private static final int MAX_CHARS = 512;

    /** What happened. */
    enum Kind {
        /** The pod has come to a phase. */
        PHASE,
        /** A container was started again. */
        RESTART,
        /** The pod has failed. */
        FAILURE,
        /** It is there no more. */
        DELETED;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static PodEvent phase(PodState pod, Instant at) {
        return of(pod, Kind.PHASE, "/" + pod.phase(), at, pod.reason());
    }

    static PodEvent failure(PodState pod, Instant at) {
        return of(pod, Kind.FAILURE, "", at, pod.reason());
    }

    /** When the last container of a pod ended; empty where that is not known. */
    static Optional<Instant> end(PodState pod) {
        return pod.containers().stream()
                .map(container -> instant(container.finishedAt()))
                .flatMap(Optional::stream)
                .max(Comparator.naturalOrder());
    }

    static PodEvent deleted(PodState pod, Instant at) {
        return of(pod, Kind.DELETED, "", at, "");
    }

    static PodEvent restart(PodState pod, ContainerState container, Instant seen) {
        return new PodEvent(
                "%s/restart/%s/%d".formatted(pod.uid(), container.name(), container.restarts()),
                instant(container.finishedAt()).orElse(seen),
                Kind.RESTART,
                pod.uid(),
                pod.namespace(),
                pod.name(),
                pod.workload(),
                pod.node(),
                pod.phase(),
                container.name(),
                container.restarts(),
                container.exitCode(),
                container.reason());
    }

    private static PodEvent of(PodState pod, Kind kind, String part, Instant at, String reason) {
        return new PodEvent(
                "%s/%s%s".formatted(pod.uid(), kind.label(), part),
                at,
                kind,
                pod.uid(),
                pod.namespace(),
                pod.name(),
                pod.workload(),
                pod.node(),
                pod.phase(),
                "",
                0,
                "",
                reason);
    }

    /** Whether something went wrong. */
    boolean isFailure() {
        return kind == Kind.FAILURE || (kind == Kind.RESTART && !exitCode.equals("0"));
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.parse(text));
        } catch (DateTimeException ignored) {
            return Optional.empty(); // Kubernetes does not say
        }
    }

    /** It as a record's value. */
    byte[] json() {
        return Json.bytes(
                        json -> {
                            json.writeStartObject();
                            json.writeStringField("event_id", cut(id));
                            json.writeStringField("ts", at.toString());
                            json.writeStringField("kind", kind.label());
                            write(json, "uid", uid);
                            write(json, "namespace", namespace);
                            write(json, "pod", pod);
                            write(json, "workload", workload);
                            write(json, "node", node);
                            write(json, "phase", phase);
                            write(json, "container", container);
                            if (restarts > 0) {
                                json.writeNumberField("restarts", restarts);
                            }
                            if (!exitCode.isEmpty()) {
                                json.writeNumberField("exit_code", Integer.parseInt(exitCode));
                            }
                            write(json, "reason", reason);
                            json.writeEndObject();
                        })
                .bytes();
    }

    private static void write(JsonGenerator json, String name, String text) throws IOException {
        if (!text.isEmpty()) {
            json.writeStringField(name, cut(text));
        }
    }

    private static String cut(String text) {
        return text.length() <= MAX_CHARS ? text : text.substring(0, MAX_CHARS);
    }

    /** What a record's value says; empty for what is no event of ours. */
    static Optional<PodEvent> parse(byte[] value) {
        try {
            var item = JsonItem.parse(value);
            var kind = kind(item.text("kind"));
            var at = instant(item.text("ts"));
            var id = item.text("event_id");
            if (kind.isEmpty() || at.isEmpty() || id.isEmpty()) {
                return Optional.empty();
            }
            var restarts = item.text("restarts");
            return Optional.of(
                    new PodEvent(
                            id,
                            at.get(),
                            kind.get(),
                            item.text("uid"),
                            item.text("namespace"),
                            item.text("pod"),
                            item.text("workload"),
                            item.text("node"),
                            item.text("phase"),
                            item.text("container"),
                            restarts.isEmpty() ? 0 : Integer.parseInt(restarts),
                            item.text("exit_code"),
                            item.text("reason")));
        } catch (IOException | NumberFormatException ignored) {
            return Optional.empty(); // somebody else writes to the topic
        }
    }

    private static Optional<Kind> kind(String label) {
        for (var kind : Kind.values()) {
            if (kind.label().equals(label)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
