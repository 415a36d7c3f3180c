package gpuanalytics.placement.input;

import gpuanalytics.placement.trace.BadInputException;
import java.time.Duration;

/** Knows the nodes of a cluster and the pods that ran on them. */
public interface ClusterHistory {

    /** How far back a rehearsal looks. */
    Duration DEFAULT_DAYS = Duration.ofDays(7);

    /**
     * The nodes and pods of the time until now.
     *
     * @throws BadInputException in one line where it cannot be asked, or knows no node or no pod
     */
    RehearsalInput last(Duration time) throws BadInputException, InterruptedException;
}
