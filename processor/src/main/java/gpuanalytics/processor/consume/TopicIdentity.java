package gpuanalytics.processor.consume;

import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Whether a topic still is the one that is read. One that is deleted and made again has the same
 * name and another id, and the client goes on in it at the old offset without a word where its log
 * is long enough. For the ingest thread.
 */
final class TopicIdentity {

    /** How long the ingest thread waits for the broker; it asks after changes of the cluster. */
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** A topic is another one than that which is read. */
    static final class TopicMadeAgainException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        TopicMadeAgainException(String topic) {
            super("topic %s was deleted and made again".formatted(topic));
        }
    }

    private final BrokerWatch watch;

    TopicIdentity(BrokerWatch watch) {
        this.watch = watch;
    }

    /**
     * Compares with what the broker said about a second ago.
     *
     * @throws TopicMadeAgainException when one is another
     */
    void requireUnchanged(Collection<Assignment> assignments) {
        var ids = watch.topicIds();
        for (var assignment : assignments) {
            var id = ids.get(assignment.partition().topic());
            if (id != null) {
                require(assignment, id);
            }
        }
    }

    /**
     * Asks the broker and waits for the answer, within a limit. An id never comes back: what was
     * fetched before the answer is of these topics if they are still there.
     *
     * @return false when it is not known
     * @throws TopicMadeAgainException when one is another
     */
    boolean confirm(Collection<Assignment> assignments) {
        var topics =
                assignments.stream()
                        .map(each -> each.partition().topic())
                        .collect(Collectors.toSet());
        try {
            var ids = watch.topicIdsNow(topics).get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            for (var assignment : assignments) {
                var id = ids.get(assignment.partition().topic());
                if (id == null) {
                    return false;
                }
                require(assignment, id);
            }
            return true;
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException | TimeoutException ignored) {
            return false; // the watch says in the health report what is wrong
        }
    }

    /**
     * Compares with an id that the broker gave.
     *
     * @throws TopicMadeAgainException when it is another
     */
    static void require(Assignment assignment, String topicId) {
        if (!topicId.equals(assignment.topicId())) {
            throw new TopicMadeAgainException(assignment.partition().topic());
        }
    }
}
