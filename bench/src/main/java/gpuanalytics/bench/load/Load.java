package gpuanalytics.bench.load;

/**
 * All records of a race.
 *
 * @param workload what they are like
 * @param samples those of the topic of GPU samples
 * @param usages those of the topic of token usages
 * @param seed what they are made from
 */
public record Load(Workload workload, EventStream samples, EventStream usages, long seed) {

    /** How many records there are in both topics. */
    public long records() {
        return samples.size() + usages.size();
    }

    /** The topic of the samples; it exists also where there are none. */
    public String sampleTopic() {
        return topic("gpu", samples.size());
    }

    /** The topic of the usages; it exists also where there are none. */
    public String usageTopic() {
        return topic("token", usages.size());
    }

    private String topic(String kind, long size) {
        return size == 0
                ? "race.%s.none".formatted(kind)
                : "race.%s.%s.%d.seed%d".formatted(kind, workload.letter(), size, seed);
    }
}
