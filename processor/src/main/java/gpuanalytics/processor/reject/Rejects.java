package gpuanalytics.processor.reject;

import gpuanalytics.processor.consume.DeadLetter;
import gpuanalytics.processor.consume.DeadLetterTopic;
import gpuanalytics.processor.metrics.ProcessorMetrics;
import gpuanalytics.processor.reject.RecordNotices.Rejection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** Where records go that are rejected: to the dead letters, into a counter and into the log. */
public final class Rejects {

    private final DeadLetterTopic deadLetters;
    private final ProcessorMetrics metrics;
    private final RecordNotices notices;

    public Rejects(DeadLetterTopic deadLetters, ProcessorMetrics metrics, RecordNotices notices) {
        this.deadLetters = deadLetters;
        this.metrics = metrics;
        this.notices = notices;
    }

    /**
     * Returns when every letter is in the topic, however long that takes.
     *
     * @throws InterruptedException when the processor gives up
     */
    public void send(List<DeadLetter> letters) throws InterruptedException {
        deadLetters.send(letters);
        var kinds = new LinkedHashMap<Rejection, List<DeadLetter>>();
        for (var letter : letters) {
            kinds.computeIfAbsent(Rejection.of(letter), _ -> new ArrayList<>()).add(letter);
        }
        kinds.forEach(
                (kind, same) -> {
                    metrics.rejected(kind.topic(), kind.reason(), same.size());
                    notices.rejected(same.getFirst(), same.size());
                });
    }
}
