package gpuanalytics.processor;

/**
 * Counts since the start; received = stored + duplicates + rejected + under way.
 *
 * @param received records read
 * @param stored events stored for the first time
 * @param duplicates events that were stored already
 * @param rejected records in the dead letters
 * @param lag records in the topics that are not done, as of about a second ago, and never fewer
 *     than are read and not done now; negative while it is not known
 */
public record ProcessorStats(
        long received, long stored, long duplicates, long rejected, long lag) {}
