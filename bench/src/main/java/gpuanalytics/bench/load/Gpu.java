package gpuanalytics.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * A GPU of the fleet, eight in a machine.
 *
 * @param host the machine
 * @param index its number there
 * @param uuid its identity
 * @param team whose it is
 * @param pod what runs on it
 */
record Gpu(String host, long index, String uuid, String team, String pod) {

    private static final int PER_HOST = 8;
    private static final int TEAMS = 10;

    static List<Gpu> fleet(int gpus) {
        return IntStream.range(0, gpus).mapToObj(Gpu::number).toList();
    }

    private static Gpu number(int number) {
        int machine = number / PER_HOST;
        var name = "gpu-" + number;
        return new Gpu(
                "gpu-node-%04d".formatted(machine),
                number % PER_HOST,
                "GPU-" + UUID.nameUUIDFromBytes(name.getBytes(UTF_8)),
                "team-" + machine % TEAMS,
                "vllm-%d-0".formatted(number));
    }
}
