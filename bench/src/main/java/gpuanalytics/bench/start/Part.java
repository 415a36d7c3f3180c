package gpuanalytics.bench.start;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A program that has an image. */
enum Part {
    PROCESSOR("gpuanalytics.processor.ProcessorMain", "/health/ready"),
    PRODUCERS("gpuanalytics.producer.ProducerMain", "/health");

    private final String main;
    private final String health;

    Part(String main, String health) {
        this.main = main;
        this.health = health;
    }

    /** Its main class. */
    String main() {
        return main;
    }

    /** The path that answers 200 once it is ready. */
    String health() {
        return health;
    }

    Part other() {
        return switch (this) {
            case PROCESSOR -> PRODUCERS;
            case PRODUCERS -> PROCESSOR;
        };
    }

    /** What it is told, with the simulated fleet and open doors where it is the producers. */
    Map<String, String> variables(PartPorts ports, String kafka, String mongo) {
        var http = Integer.toString(ports.http());
        return switch (this) {
            case PROCESSOR ->
                    Map.of(
                            "KAFKA_BOOTSTRAP", kafka,
                            "MONGO_URL", mongo,
                            "HTTP_PORT", http,
                            "ROLLUP_FLUSH_MS", "1000");
            case PRODUCERS ->
                    Map.of(
                            "KAFKA_BOOTSTRAP",
                            kafka,
                            "SOURCE",
                            "synthetic",
                            "RATE",
                            "200",
                            "DOORS",
                            "grpc,http",
                            "DOOR_GRPC_PORT",
                            Integer.toString(ports.grpcDoor()),
                            "DOOR_HTTP_PORT",
                            Integer.toString(ports.httpDoor()),
                            "HTTP_PORT",
                            http);
        };
    }

    static Part of(String name) {
        for (var part : values()) {
            if (part.toString().equals(name)) {
                return part;
            }
        }
        throw new IllegalArgumentException(
                "--part is %s, expected one of %s".formatted(name, List.of(values())));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
