package gpuanalytics.producer.source.synthetic;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A fleet given as JSON: a list of GPUs in the fields of {@code gpu.metrics.v1}. {@code name} is
 * required; {@code host}, {@code gpu_index}, {@code gpu_uuid}, {@code mem_total_mb} or {@code
 * mem_total_bytes} and {@code price_per_hour_usd} are used, all else is what the simulation makes.
 */
final class GpuSeed {

    private static final JsonFactory JSON = new JsonFactory();
    private static final double MIB = 1 << 20;

    private GpuSeed() {}

    /**
     * The GPUs in the order they are listed.
     *
     * @throws IllegalArgumentException saying what is wrong and what was expected
     */
    static List<FleetGpu> parse(String json, int maxGpus) {
        var fleet = new ArrayList<FleetGpu>();
        var identities = new HashSet<String>();
        for (var fields : parseList(json)) {
            var gpu = gpu(fleet.size(), fields);
            if (!identities.add(gpu.host() + "/" + gpu.gpuIndex())) {
                throw new IllegalArgumentException(
                        "host %s with gpu_index %d is listed twice, expected each GPU once"
                                .formatted(gpu.host(), gpu.gpuIndex()));
            }
            requireOfTheContract(gpu);
            fleet.add(gpu);
        }
        if (fleet.isEmpty() || fleet.size() > maxGpus) {
            throw new IllegalArgumentException(
                    "it lists %d GPUs, expected 1 to %d".formatted(fleet.size(), maxGpus));
        }
        return List.copyOf(fleet);
    }

    private static FleetGpu gpu(int number, Map<String, Object> fields) {
        if (!(fields.get("name") instanceof String name) || name.isBlank()) {
            throw new IllegalArgumentException(
                    "GPU %d has no name, expected one such as RTX 3090".formatted(number));
        }
        var index = numberIn(fields, "gpu_index", 0, 4095);
        return FleetGpu.given(
                number,
                fields.get("host") instanceof String host && !host.isBlank() ? host : null,
                index == null ? 0 : Math.round(index),
                fields.get("gpu_uuid") instanceof String uuid && !uuid.isBlank() ? uuid : null,
                name,
                memoryBytes(fields),
                numberIn(fields, "price_per_hour_usd", 0, 10_000));
    }

    /** Else its first sample would end the simulation. */
    private static void requireOfTheContract(FleetGpu gpu) {
        try {
            var meter = new GpuMeter(gpu, 0);
            meter.advance(1_000_000, GpuLoad.of(GpuRole.SERVING, gpu, 0));
            var _ = meter.sample(GpuRole.SERVING);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "GPU %d has a value that a sample must not have: %s"
                            .formatted(gpu.number(), e.getMessage()),
                    e);
        }
    }

    private static OptionalLong memoryBytes(Map<String, Object> fields) {
        var bytes = numberIn(fields, "mem_total_bytes", 1, 1L << 42);
        var mib = numberIn(fields, "mem_total_mb", 1, 1 << 22);
        if (bytes != null) {
            return OptionalLong.of(Math.round(bytes));
        }
        return mib != null ? OptionalLong.of(Math.round(mib * MIB)) : OptionalLong.empty();
    }

    private static @Nullable Double numberIn(
            Map<String, Object> fields, String name, double min, double max) {
        var value = fields.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Double number && number >= min && number <= max) {
            return number;
        }
        throw new IllegalArgumentException(
                "%s is %s, expected a number from %.0f to %.0f".formatted(name, value, min, max));
    }

    private static List<Map<String, Object>> parseList(String text) {
        try (var json = JSON.createParser(text)) {
            if (json.nextToken() != JsonToken.START_ARRAY) {
                throw new IllegalArgumentException("it is not a JSON list of GPUs");
            }
            var gpus = new ArrayList<Map<String, Object>>();
            while (json.nextToken() == JsonToken.START_OBJECT) {
                gpus.add(parseObject(json));
            }
            if (json.currentToken() != JsonToken.END_ARRAY || json.nextToken() != null) {
                throw new IllegalArgumentException("it is not a JSON list of GPUs");
            }
            return gpus;
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("it is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> parseObject(JsonParser json) throws IOException {
        var fields = new HashMap<String, Object>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            var name = json.currentName();
            var token = json.nextToken();
            if (token.isNumeric()) {
                fields.put(name, json.getDoubleValue());
            } else if (token == JsonToken.VALUE_STRING) {
                fields.put(name, json.getText());
            } else {
                json.skipChildren();
            }
        }
        return fields;
    }
}
