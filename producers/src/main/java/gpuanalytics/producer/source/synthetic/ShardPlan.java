package gpuanalytics.producer.source.synthetic;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Who does what among the GPUs of one shard, so that their requests explain how busy they are.
 *
 * <p>Each shard carries the part of the rate that belongs to its number of GPUs, whatever these do,
 * so that replicas share the rate as they share the fleet. As many GPUs serve as bring the load of
 * each to about a third over the day; what is not needed trains. Where even all that may serve are
 * not enough for requests as long as those of public traces, the requests are shorter.
 */
final class ShardPlan {

    /** At peak, on the GPU that is asked for most, this is still below 1. */
    private static final double TARGET_LOAD = 0.36;

    /** Of these, a third each train, are held, and are free. */
    private static final double NOT_SERVING_SHARE = 0.375;

    private static final GpuRole[] NOT_SERVING = {GpuRole.HELD, GpuRole.FREE, GpuRole.TRAINING};

    /** Its multiples lie evenly between whole numbers, so that small shards take turns. */
    private static final double GOLDEN_RATIO = 0.618_033_988_75;

    private static final double LEAST_POPULARITY = 0.5;
    private static final int BISECTIONS = 12;

    /** A GPU that may serve, and its weight among those that do. */
    private record Server(
            FleetGpu gpu, ServingModel serving, Request.Limits limits, double popularity) {

        static Server of(FleetGpu gpu) {
            var serving = ServingModel.of(gpu.model(), gpu.serves());
            // from half of the mean to three halves
            double popularity = LEAST_POPULARITY + LoadCurve.uniform(gpu.number(), 0, 6);
            return new Server(gpu, serving, Request.Limits.of(serving, gpu.serves()), popularity);
        }
    }

    private final MeanWork work;
    private final Map<Integer, GpuPlan> plans = new HashMap<>();

    private ShardPlan(MeanWork work) {
        this.work = work;
    }

    /**
     * The plan of each GPU of a shard, by its number.
     *
     * @param gpus the shard's
     * @param eventsPerSecond the whole deployment's rate, samples and usages together
     * @param options the fleet and how often its GPUs are sampled
     * @param work kept from shard to shard, as its estimates take time
     */
    static Map<Integer, GpuPlan> of(
            int shard,
            List<FleetGpu> gpus,
            double eventsPerSecond,
            SyntheticOptions options,
            MeanWork work) {
        long intervalUs = options.intervalUs(eventsPerSecond);
        double requests = gpus.size() * options.requestsOfGpu(eventsPerSecond);
        var plan = new ShardPlan(work);
        plan.assign(shard, gpus, requests, intervalUs);
        return plan.plans;
    }

    private void assign(int shard, List<FleetGpu> gpus, double requests, long intervalUs) {
        var shuffled = new ArrayList<>(gpus);
        shuffled.sort(Comparator.comparingLong(gpu -> LoadCurve.mix(gpu.number())));
        double turn = shard * GOLDEN_RATIO % 1;
        int idle = Math.clamp((int) (gpus.size() * NOT_SERVING_SHARE + turn), 0, gpus.size() - 1);
        for (int place = 0; place < idle; place++) {
            var role = NOT_SERVING[(shard + place) % NOT_SERVING.length];
            plans.put(shuffled.get(place).number(), new GpuPlan(role, 0, 1, intervalUs));
        }
        var servers = shuffled.subList(idle, shuffled.size()).stream().map(Server::of).toList();
        int needed = needed(servers, requests);
        for (var server : servers.subList(needed, servers.size())) {
            plans.put(server.gpu().number(), new GpuPlan(GpuRole.TRAINING, 0, 1, intervalUs));
        }
        serve(servers.subList(0, needed), requests, intervalUs);
    }

    /** How many of the servers, from the first, serve the requests at the wanted load. */
    private int needed(List<Server> servers, double requests) {
        double capacity = 0;
        for (int needed = 1; needed <= servers.size(); needed++) {
            capacity += capacity(servers.get(needed - 1), 1);
            if (requests <= capacity * TARGET_LOAD) {
                return needed;
            }
        }
        return servers.size();
    }

    private void serve(List<Server> servers, double requests, long intervalUs) {
        double sizeFactor = sizeFactor(servers, requests);
        double all = capacity(servers, sizeFactor);
        for (var server : servers) {
            double share = capacity(server, sizeFactor) / all;
            plans.put(
                    server.gpu().number(),
                    new GpuPlan(GpuRole.SERVING, requests * share, sizeFactor, intervalUs));
        }
    }

    /** The largest with which the servers are not loaded more than is wanted. */
    private double sizeFactor(List<Server> servers, double requests) {
        if (requests <= capacity(servers, 1) * TARGET_LOAD) {
            return 1;
        }
        double least = 0;
        double most = 1;
        for (int cut = 0; cut < BISECTIONS; cut++) {
            double middle = (least + most) / 2;
            if (requests <= capacity(servers, middle) * TARGET_LOAD) {
                least = middle;
            } else {
                most = middle;
            }
        }
        return least;
    }

    private double capacity(List<Server> servers, double sizeFactor) {
        return servers.stream().mapToDouble(server -> capacity(server, sizeFactor)).sum();
    }

    /** Requests per second that a server can answer, weighted with how often it is asked. */
    private double capacity(Server server, double sizeFactor) {
        return server.popularity() / work.seconds(server.serving(), server.limits(), sizeFactor);
    }
}
