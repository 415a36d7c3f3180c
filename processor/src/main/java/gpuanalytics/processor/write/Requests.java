package gpuanalytics.processor.write;

import static java.util.Comparator.comparing;
import static java.util.Comparator.naturalOrder;
import static java.util.Comparator.nullsLast;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which words under one {@code request_id} are about one request. Pure, and a function of the words
 * alone: it knows nothing of the order in which they came in.
 *
 * <p>That two words agree where both say something is no equivalence: one that names no user agrees
 * with two that differ. So words are taken in one order, those that say more first, then by their
 * time, and each joins the nearest request that it agrees with, or begins one.
 */
final class Requests {

    /** By what they say: of words that are alike in all of it, none decides about another. */
    private static final Comparator<Word> ORDER =
            comparing((Word word) -> word.usage().user() == null)
                    .thenComparing(word -> word.usage().provider() == null)
                    .thenComparingLong(word -> word.usage().epochNanos())
                    .thenComparing(word -> word.usage().model())
                    .thenComparing(word -> word.usage().user(), nullsLast(naturalOrder()))
                    .thenComparing(word -> word.usage().provider(), nullsLast(naturalOrder()));

    /** Which of two words about one request counts: one with tokens, else the later one. */
    private static final Comparator<Word> RANK =
            comparing((Word word) -> word.usage().hasTokens())
                    .thenComparingLong(word -> word.usage().epochNanos())
                    .thenComparing(word -> word.position().topicId())
                    .thenComparingInt(word -> word.position().partition())
                    .thenComparingLong(word -> word.position().offset())
                    .thenComparingInt(word -> word.position().item());

    private final long spanNanos;
    private final List<Request> requests = new ArrayList<>();

    private Requests(Duration span) {
        this.spanNanos = span.toNanos();
    }

    /**
     * The requests that words are about.
     *
     * @param span how far the times of words about one request may lie apart, each from the next
     */
    static List<Request> of(Collection<Word> words, Duration span) {
        var requests = new Requests(span);
        words.stream().sorted(ORDER).forEach(requests::place);
        return requests.requests;
    }

    private void place(Word word) {
        @Nullable Request nearest = null;
        long least = spanNanos;
        for (var request : requests) {
            if (request.agreesWith(word.usage())) {
                long distance = request.distanceNanos(word.usage());
                // Of two at the same distance the one that was begun first.
                if (nearest == null ? distance <= least : distance < least) {
                    nearest = request;
                    least = distance;
                }
            }
        }
        if (nearest == null) {
            nearest = new Request(word.usage().model());
            requests.add(nearest);
        }
        nearest.add(word);
    }

    /** The words about one request. */
    static final class Request {

        private final String model;
        private final List<Word> words = new ArrayList<>();
        private @Nullable String user;
        private @Nullable String provider;

        Request(String model) {
            this.model = model;
        }

        List<Word> words() {
            return words;
        }

        /** The word that counts for it. */
        Word standing() {
            return words.stream().max(RANK).orElseThrow();
        }

        /** The number of its first word. */
        int first() {
            return words.stream().mapToInt(Word::n).min().orElseThrow();
        }

        private boolean agreesWith(UsageWord word) {
            return model.equals(word.model())
                    && agree(user, word.user())
                    && agree(provider, word.provider());
        }

        private static boolean agree(@Nullable String one, @Nullable String other) {
            return one == null || other == null || one.equals(other);
        }

        /** How far a word lies from the nearest one of the request. */
        private long distanceNanos(UsageWord word) {
            long least = Long.MAX_VALUE;
            for (var own : words) {
                least = Math.min(least, Math.abs(own.usage().epochNanos() - word.epochNanos()));
            }
            return least;
        }

        private void add(Word word) {
            words.add(word);
            user = user == null ? word.usage().user() : user;
            provider = provider == null ? word.usage().provider() : provider;
        }
    }
}
