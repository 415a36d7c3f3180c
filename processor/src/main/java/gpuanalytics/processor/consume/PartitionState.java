package gpuanalytics.processor.consume;

/**
 * Where a partition stands between its assignment and its end. It begins as {@link Starting}; each
 * state has only the steps that may follow.
 */
sealed interface PartitionState {

    /** Where to begin is being looked up. Nothing is handed on, nothing is under way. */
    record Starting(StartLookup lookup) implements PartitionState {

        Starting again(StartLookup next) {
            return new Starting(next);
        }

        Reading begin(Assignment assignment, long metadataVersion) {
            return new Reading(assignment, metadataVersion);
        }
    }

    /**
     * Records are handed on.
     *
     * @param metadataVersion up to which version of the client's metadata the topic is known to be
     *     the one of the assignment
     */
    record Reading(Assignment assignment, long metadataVersion) implements PartitionState {

        Reading confirmed(long version) {
            return new Reading(assignment, version);
        }

        Restarting restart(StartLookup lookup) {
            return new Restarting(assignment, lookup);
        }
    }

    /**
     * Where to go on is being looked up. Nothing is handed on; what is under way still completes.
     */
    record Restarting(Assignment assignment, StartLookup lookup) implements PartitionState {

        Restarting again(StartLookup next) {
            return new Restarting(assignment, next);
        }

        /** The log is the same up to where it is read. */
        Reading goOn(long metadataVersion) {
            return new Reading(assignment, metadataVersion);
        }

        /** The log was cut: what is under way completes nothing of the rest. */
        Reading beginAnew(Assignment next, long metadataVersion) {
            return new Reading(next, metadataVersion);
        }
    }
}
