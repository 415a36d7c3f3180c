package gpuanalytics.bench.contender;

import gpuanalytics.bench.load.Load;
import java.nio.file.Path;
import java.util.List;

/**
 * What a contender finds when it is started.
 *
 * @param bootstrap the broker
 * @param storeUrl the store
 * @param load the records, in their topics already
 * @param group the consumer group and the database to use, new for every round
 * @param directory an empty folder of its own, for its files and its log
 * @param jvmOptions options to add, for a recording
 */
public record Stage(
        String bootstrap,
        String storeUrl,
        Load load,
        String group,
        Path directory,
        List<String> jvmOptions) {}
