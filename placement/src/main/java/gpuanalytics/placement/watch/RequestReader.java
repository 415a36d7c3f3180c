package gpuanalytics.placement.watch;

import static gpuanalytics.placement.watch.PodRequest.ALIBABA_COUNT;
import static gpuanalytics.placement.watch.PodRequest.ALIBABA_MILLI;
import static gpuanalytics.placement.watch.PodRequest.ALIBABA_MODEL;
import static gpuanalytics.placement.watch.PodRequest.MAX_GPUS;
import static gpuanalytics.placement.watch.PodRequest.NVIDIA_CORES;
import static gpuanalytics.placement.watch.PodRequest.NVIDIA_GPU;
import static gpuanalytics.placement.watch.PodRequest.NVIDIA_MEMORY;

import gpuanalytics.placement.cluster.Node;
import gpuanalytics.service.kubernetes.JsonItem;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what a pod asks for: whole GPUs ({@code nvidia.com/gpu}), HAMi's slices ({@code
 * nvidia.com/gpumem}, {@code gpucores}), and openb's ({@code alibabacloud.com/gpu-milli}, as a
 * resource or an annotation).
 */
final class RequestReader {

    private static final BigDecimal MILLI = BigDecimal.ONE.movePointLeft(3);
    private static final int MILLI_PER_PERCENT = 10;
    private static final int HUNDRED_PERCENT = 100;
    private static final List<String> GPU_RESOURCES =
            List.of(NVIDIA_GPU, NVIDIA_MEMORY, NVIDIA_CORES, ALIBABA_MILLI, ALIBABA_COUNT);

    /** Why a pod's request cannot be met by whom it is asked of. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        RefusedException(String reason) {
            super(reason, null, false, false);
        }

        String reason() {
            return String.valueOf(getMessage());
        }
    }

    private final JsonItem pod;
    private final List<JsonItem> containers;
    private final List<JsonItem> inits;

    RequestReader(JsonItem pod) {
        this.pod = pod;
        containers = new ArrayList<>(pod.items("spec", "containers"));
        inits = new ArrayList<>();
        for (var init : pod.items("spec", "initContainers")) {
            // one that is restarted for ever runs beside the others
            (init.text("restartPolicy").equals("Always") ? containers : inits).add(init);
        }
    }

    /** What it asks for. */
    PodRequest read() throws RefusedException {
        if (!pod.items("spec", "resourceClaims").isEmpty()) {
            throw new RefusedException(
                    "the pod has spec.resourceClaims, whose devices an extender does not see;"
                            + " expected GPUs as resources, such as nvidia.com/gpu");
        }
        int milli = inAll(ALIBABA_MILLI, 0);
        int count = inAll(ALIBABA_COUNT, 0);
        if (milli > 0 || count > 0) {
            return ofMilli(milli, count);
        }
        return isThere(NVIDIA_MEMORY) || isThere(NVIDIA_CORES) ? slices() : whole();
    }

    /** What a pod takes at least whose request is refused: GPUs that it names count as whole. */
    PodRequest atLeast() {
        int gpus = 0;
        for (var container : containers) {
            gpus += Math.max(0, Math.min(MAX_GPUS, units(container, NVIDIA_GPU, BigDecimal.ONE)));
        }
        boolean isPart = GPU_RESOURCES.stream().anyMatch(this::isThere);
        gpus = Math.min(MAX_GPUS, gpus == 0 && isPart ? 1 : gpus);
        return new PodRequest(
                inAllOf("cpu", MILLI),
                inAllOf("memory", Quantity.MIB),
                gpus,
                gpus == 0 ? 0 : Node.GPU_MILLI,
                0,
                "");
    }

    private PodRequest whole() throws RefusedException {
        int gpus = Math.max(sum(containers, NVIDIA_GPU), most(inits, NVIDIA_GPU));
        return request(gpus, gpus == 0 ? 0 : Node.GPU_MILLI, 0);
    }

    /** HAMi: so many GPUs, and of each so much memory and so many percent of its cores. */
    private PodRequest slices() throws RefusedException {
        var container = onlyOneThatAsks();
        int memoryMib = number(container, NVIDIA_MEMORY, Integer.MAX_VALUE / 2);
        int percent = number(container, NVIDIA_CORES, HUNDRED_PERCENT);
        int gpus = Math.max(1, number(container, NVIDIA_GPU, MAX_GPUS));
        // without a word on memory HAMi gives all of it
        int milli = memoryMib == 0 ? Node.GPU_MILLI : percent * MILLI_PER_PERCENT;
        return request(gpus, milli, memoryMib);
    }

    private PodRequest ofMilli(int milli, int count) throws RefusedException {
        if (isThere(NVIDIA_GPU) || isThere(NVIDIA_MEMORY) || isThere(NVIDIA_CORES)) {
            throw new RefusedException(
                    "the pod asks for nvidia.com and alibabacloud.com GPUs, expected one of both");
        }
        if (isThere(ALIBABA_MILLI) || isThere(ALIBABA_COUNT)) {
            var _ = onlyOneThatAsks();
        }
        if (milli > Node.GPU_MILLI) {
            throw new RefusedException(
                    "%s is %d, expected 1 to %d of each GPU, and the number of GPUs in %s"
                            .formatted(ALIBABA_MILLI, milli, Node.GPU_MILLI, ALIBABA_COUNT));
        }
        return request(Math.max(1, count), milli == 0 ? Node.GPU_MILLI : milli, 0);
    }

    private PodRequest request(int gpus, int gpuMilli, int gpuMemoryMib) throws RefusedException {
        if (gpus > MAX_GPUS) {
            throw new RefusedException(
                    "the pod asks for %d GPUs, expected at most %d".formatted(gpus, MAX_GPUS));
        }
        var overhead = pod.item("spec", "overhead");
        return new PodRequest(
                inAllOf("cpu", MILLI) + Quantity.units(overhead.text("cpu"), MILLI),
                inAllOf("memory", Quantity.MIB)
                        + Quantity.units(overhead.text("memory"), Quantity.MIB),
                gpus,
                gpuMilli,
                gpuMemoryMib,
                pod.text("metadata", "annotations", ALIBABA_MODEL));
    }

    /** What containers run beside each other need, or the largest of those that run before. */
    private int inAllOf(String resource, BigDecimal unit) {
        int beside = 0;
        for (var container : containers) {
            beside = Math.min(Integer.MAX_VALUE / 2, beside + units(container, resource, unit));
        }
        int before = 0;
        for (var init : inits) {
            before = Math.max(before, units(init, resource, unit));
        }
        return Math.max(beside, before);
    }

    /** A number that the containers ask for, or else an annotation. */
    private int inAll(String resource, int absent) throws RefusedException {
        if (isThere(resource)) {
            return sum(containers, resource);
        }
        var said = pod.text("metadata", "annotations", resource);
        return said.isEmpty() ? absent : parsed(resource, said, Integer.MAX_VALUE / 2);
    }

    /** Whether a container asks for a GPU or a part of one. */
    static boolean asksForGpu(JsonItem container) {
        return GPU_RESOURCES.stream().anyMatch(each -> !said(container, each).isEmpty());
    }

    private boolean isThere(String resource) {
        return containers.stream().anyMatch(each -> !said(each, resource).isEmpty());
    }

    private JsonItem onlyOneThatAsks() throws RefusedException {
        var asking =
                containers.stream()
                        .filter(
                                each ->
                                        GPU_RESOURCES.stream()
                                                .anyMatch(name -> !said(each, name).isEmpty()))
                        .toList();
        if (asking.size() != 1) {
            throw new RefusedException(
                    "%d containers ask for a part of a GPU, expected one".formatted(asking.size()));
        }
        return asking.getFirst();
    }

    private static int sum(List<JsonItem> containers, String resource) throws RefusedException {
        long sum = 0;
        for (var container : containers) {
            sum += number(container, resource, Integer.MAX_VALUE / 2);
        }
        return (int) Math.min(sum, Integer.MAX_VALUE / 2);
    }

    private static int most(List<JsonItem> containers, String resource) throws RefusedException {
        int most = 0;
        for (var container : containers) {
            most = Math.max(most, number(container, resource, Integer.MAX_VALUE / 2));
        }
        return most;
    }

    private static int number(JsonItem container, String resource, int max)
            throws RefusedException {
        var said = said(container, resource);
        return said.isEmpty() ? 0 : parsed(resource, said, max);
    }

    private static int parsed(String resource, String said, int max) throws RefusedException {
        var number = Quantity.parse(said);
        if (number.isEmpty()
                || number.get().signum() < 0
                || number.get().compareTo(BigDecimal.valueOf(max)) > 0) {
            throw new RefusedException(
                    "%s is %s, expected a number from 0 to %d".formatted(resource, said, max));
        }
        return Quantity.units(said, BigDecimal.ONE);
    }

    private static int units(JsonItem container, String resource, BigDecimal unit) {
        return Quantity.units(said(container, resource), unit);
    }

    private static String said(JsonItem container, String resource) {
        var request = container.text("resources", "requests", resource);
        return request.isEmpty() ? container.text("resources", "limits", resource) : request;
    }
}
