package gpuanalytics.producer.source.synthetic;

import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A model of GPU, what it can do and what it draws.
 *
 * <p>Memory, bandwidth, dense BF16 rate, clocks and power limit are those of NVIDIA's data sheets
 * and of {@code nvidia-smi -q}; idle power and price are typical readings, not promises.
 *
 * @param name as the driver prints it
 * @param pattern finds it in a name
 * @param memoryBytes memory that the driver reports
 * @param bytesPerSecond memory bandwidth
 * @param flopsPerSecond dense BF16 tensor rate with 32-bit accumulation
 * @param idleWatts power without a kernel resident
 * @param maxWatts power limit
 * @param smClockHz highest clock of the SMs
 * @param memoryClockHz clock of the memory
 * @param pricePerHourUsd an on-demand price, or null where none is known
 */
public record GpuModel(
        String name,
        String pattern,
        long memoryBytes,
        double bytesPerSecond,
        double flopsPerSecond,
        double idleWatts,
        double maxWatts,
        double smClockHz,
        double memoryClockHz,
        @Nullable Double pricePerHourUsd) {

    private static final long MIB = 1 << 20;

    static final List<GpuModel> CATALOG =
            List.of(
                    new GpuModel(
                            "NVIDIA H100 80GB HBM3",
                            "\\bh100\\b",
                            81_559 * MIB,
                            3.35e12,
                            989e12,
                            70,
                            700,
                            1980e6,
                            2619e6,
                            4.0),
                    new GpuModel(
                            "NVIDIA A100-SXM4-40GB",
                            "\\ba100\\b",
                            40_960 * MIB,
                            1.555e12,
                            312e12,
                            50,
                            400,
                            1410e6,
                            1215e6,
                            1.6),
                    new GpuModel(
                            "NVIDIA L4",
                            "\\bl4\\b",
                            23_034 * MIB,
                            0.3e12,
                            121e12,
                            16,
                            72,
                            2040e6,
                            6251e6,
                            0.8),
                    new GpuModel(
                            "NVIDIA GeForce RTX 3090",
                            "\\b3090\\b",
                            24_576 * MIB,
                            0.936e12,
                            71e12,
                            25,
                            350,
                            2100e6,
                            9751e6,
                            0.4));

    /** What a GPU does whose name says nothing to us: a data-centre card of the middle. */
    private static final GpuModel UNKNOWN =
            new GpuModel("GPU", "", 24_576 * MIB, 0.6e12, 120e12, 30, 300, 1700e6, 7000e6, null);

    /** The model that a name means, with this name, and this memory where it is given. */
    static GpuModel named(String name, OptionalLong memoryBytes) {
        var lower = name.toLowerCase(Locale.ROOT);
        var model =
                CATALOG.stream()
                        .filter(known -> Pattern.compile(known.pattern).matcher(lower).find())
                        .findFirst()
                        .orElse(UNKNOWN);
        return new GpuModel(
                name,
                model.pattern,
                memoryBytes.orElse(model.memoryBytes),
                model.bytesPerSecond,
                model.flopsPerSecond,
                model.idleWatts,
                model.maxWatts,
                model.smClockHz,
                model.memoryClockHz,
                model.pricePerHourUsd);
    }
}
