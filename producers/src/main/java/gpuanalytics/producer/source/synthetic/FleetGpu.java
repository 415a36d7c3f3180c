package gpuanalytics.producer.source.synthetic;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One GPU of the simulated fleet.
 *
 * @param number its place in the fleet, from 0
 * @param host the machine that holds it
 * @param gpuIndex its number on that machine
 * @param gpuUuid its identity; null for a GPU given without one
 * @param model what it is
 * @param serves the language model that it serves
 * @param team the team it belongs to
 * @param pricePerHourUsd what an hour of it costs, or null where that is not known
 */
public record FleetGpu(
        int number,
        String host,
        long gpuIndex,
        @Nullable String gpuUuid,
        GpuModel model,
        LanguageModel serves,
        String team,
        @Nullable Double pricePerHourUsd) {

    private static final int MAX_GPUS_PER_HOST = 8;

    /**
     * A fleet of all models of the catalogue, up to eight GPUs of one model in a machine. Numbers
     * go round the models, so that each part of the fleet has some of each.
     */
    static List<FleetGpu> fleet(int gpus) {
        int models = GpuModel.CATALOG.size();
        var fleet = new ArrayList<FleetGpu>(gpus);
        for (int number = 0; number < gpus; number++) {
            int ofModel = number / models;
            int machine = ofModel / MAX_GPUS_PER_HOST * models + number % models;
            var model = GpuModel.CATALOG.get(number % models);
            var host = hostName(machine);
            long index = ofModel % MAX_GPUS_PER_HOST;
            var identity = "%s/%d".formatted(host, index);
            fleet.add(
                    new FleetGpu(
                            number,
                            host,
                            index,
                            "GPU-" + UUID.nameUUIDFromBytes(identity.getBytes(UTF_8)),
                            model,
                            LanguageModel.fitting(model.memoryBytes(), ofModel),
                            Tenants.teamOf(machine),
                            model.pricePerHourUsd()));
        }
        return List.copyOf(fleet);
    }

    /** A GPU given by its name. */
    static FleetGpu given(
            int number,
            @Nullable String host,
            long gpuIndex,
            @Nullable String gpuUuid,
            String name,
            OptionalLong memoryBytes,
            @Nullable Double pricePerHourUsd) {
        var model = GpuModel.named(name, memoryBytes);
        return new FleetGpu(
                number,
                host == null ? hostName(number) : host,
                gpuIndex,
                gpuUuid,
                model,
                LanguageModel.fitting(model.memoryBytes(), number),
                Tenants.teamOf(number),
                pricePerHourUsd == null ? model.pricePerHourUsd() : pricePerHourUsd);
    }

    FleetGpu withPrice(double usdPerHour) {
        return new FleetGpu(number, host, gpuIndex, gpuUuid, model, serves, team, usdPerHour);
    }

    /**
     * The shard that runs this GPU. GPUs are spread evenly over the shards, so that replicas that
     * hold equal ranges of shards hold about equally many GPUs.
     */
    int shard(int fleetSize, int shards) {
        return Math.toIntExact((long) number * shards / fleetSize);
    }

    private static String hostName(int machine) {
        return "gpu-node-%02d".formatted(machine);
    }
}
