package gpuanalytics.producer.receive;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The doors there are. */
public enum DoorKind {
    HTTP("POST /v1/events, OTLP/HTTP and Prometheus remote write, port 4318"),
    GRPC("OTLP/gRPC and gpuanalytics.v1.Ingest, port 4317");

    private final String what;

    DoorKind(String what) {
        this.what = what;
    }

    /** The name, as in variables, metrics and health. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What the variable that chooses them says. */
    static String described() {
        return "Doors to open, separated by commas: %s; where one is open and no source is chosen, none runs"
                .formatted(
                        Arrays.stream(values())
                                .map(kind -> "%s (%s)".formatted(kind.label(), kind.what))
                                .collect(Collectors.joining(", ")));
    }
}
