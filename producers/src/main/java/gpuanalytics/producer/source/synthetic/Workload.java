package gpuanalytics.producer.source.synthetic;

import org.jspecify.annotations.Nullable;

/** The names that Kubernetes would have for what runs on a GPU; null where nothing does. */
final class Workload {

    private Workload() {}

    static @Nullable String namespace(GpuRole role) {
        return switch (role) {
            case SERVING -> "inference";
            case TRAINING -> "training";
            case HELD -> "notebooks";
            case FREE -> null;
        };
    }

    static @Nullable String pod(GpuRole role, FleetGpu gpu) {
        return switch (role) {
            case SERVING -> "%s-%d".formatted(gpu.serves().name().replace('.', '-'), gpu.number());
            case TRAINING -> "train-%s-%d".formatted(gpu.team(), gpu.number());
            case HELD -> "notebook-%s-%d".formatted(gpu.team(), gpu.number());
            case FREE -> null;
        };
    }

    static @Nullable String container(GpuRole role) {
        return switch (role) {
            case SERVING -> "server";
            case TRAINING -> "trainer";
            case HELD -> "notebook";
            case FREE -> null;
        };
    }

    /** Who pays for the GPU. */
    static @Nullable String team(GpuRole role, FleetGpu gpu) {
        return role == GpuRole.FREE ? null : gpu.team();
    }
}
