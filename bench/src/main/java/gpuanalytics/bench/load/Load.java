package gpuanalytics.bench.load;

import java.util.ArrayList;
import java.util.List;

/**
 * All records of a race.
 *
 * @param workload what they are like
 * @param samples those of the topic of GPU samples
 * @param usages those of the topic of token usages
 * @param seed what they are made from
 * @param name the end of its topics' names
 */
public record Load(
        Workload workload, EventStream samples, EventStream usages, long seed, String name) {

    /** Counted up when the events of a seed change, so that no topic of before is taken for one. */
    private static final int VERSION = 2;

    /** The load whose topics are filled from its seed. */
    Load(Workload workload, EventStream samples, EventStream usages, long seed) {
        this(
                workload,
                samples,
                usages,
                seed,
                "%d.seed%d.v%d".formatted(samples.size() + usages.size(), seed, VERSION));
    }

    /** The same events for topics of their own. */
    public Load live(String another) {
        return named("live." + another);
    }

    /** The same events for topics whose names end so. */
    public Load named(String end) {
        return new Load(workload, samples, usages, seed, end);
    }

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

    /** The topics that hold something. */
    public List<String> filledTopics() {
        var topics = new ArrayList<String>();
        if (samples.size() > 0) {
            topics.add(sampleTopic());
        }
        if (usages.size() > 0) {
            topics.add(usageTopic());
        }
        return List.copyOf(topics);
    }

    private String topic(String kind, long size) {
        return size == 0
                ? "race.%s.none".formatted(kind)
                : "race.%s.%s.%s".formatted(kind, workload.letter(), name);
    }
}
