package gpuanalytics.producer.source.synthetic;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A serving engine with continuous batching: prompts are read one after the other, beside decoding
 * steps that give each running request a token; a request waits until the batch and the cache have
 * room. The work done in a time never exceeds that time of the whole GPU.
 *
 * <p>Times are microseconds since the epoch. Between two changes of what runs nothing is decided,
 * so it does not matter how often {@link #advance} is called.
 */
final class ServingEngine {

    private static final int MAX_WAITING = 512;

    /** What a prompt takes of the GPU while other requests get their tokens. */
    private static final double PREFILL_SHARE = 0.6;

    /** A request that runs, and the decoding step with which it ends. */
    private record Running(Request request, long firstTokenUs, double endStep, long order) {}

    /** A request that has ended, with the moment of its first token. */
    record Ended(Request request, long firstTokenUs) {}

    private final ServingModel serving;
    private final Deque<Request> waiting = new ArrayDeque<>();
    private final PriorityQueue<Running> running =
            new PriorityQueue<>(
                    Comparator.comparingDouble(Running::endStep).thenComparingLong(Running::order));
    private @Nullable Request prefilling;
    private double prefillSeconds;
    private double steps;
    private long order;

    /** Of the requests that run and the one whose prompt is read. */
    private long cachedTokens;

    private double contextTokens;
    private long timeUs;
    private long nextUs = Long.MAX_VALUE;

    ServingEngine(ServingModel serving, long startUs) {
        this.serving = serving;
        this.timeUs = startUs;
    }

    /** When a prompt is read or a request ends; {@link Long#MAX_VALUE} while nothing runs. */
    long nextUs() {
        return nextUs;
    }

    /** Tokens in the cache. */
    long cachedTokens() {
        return cachedTokens;
    }

    /** Requests under way. */
    int requests() {
        return running.size() + (prefilling == null ? 0 : 1);
    }

    /** The share of the GPU's capacity that reading a prompt takes. */
    double prefillLoad() {
        return prefilling == null ? 0 : running.isEmpty() ? 1 : PREFILL_SHARE;
    }

    /** The share of the GPU's capacity that decoding takes. */
    double decodeLoad() {
        return running.isEmpty()
                ? 0
                : (1 - prefillLoad()) * serving.decodeLoad(running.size(), contextTokens);
    }

    /** Takes a request that arrives now; false where too many wait already. */
    boolean offer(Request request, long nowUs) {
        if (waiting.size() >= MAX_WAITING) {
            return false;
        }
        advance(nowUs);
        waiting.add(request);
        beginWaiting();
        return true;
    }

    /** Does what is next; the request that ends with it, or null where none does. */
    @Nullable Ended step() {
        boolean readsPrompt = isPrefillNext();
        advance(nextUs);
        if (readsPrompt) {
            finishPrefill();
            beginWaiting();
            return null;
        }
        var ended = running.remove();
        cachedTokens -= ended.request().tokens();
        contextTokens -= context(ended.request());
        if (running.isEmpty()) {
            contextTokens = 0; // rounding does not add up
        }
        beginWaiting();
        return new Ended(ended.request(), ended.firstTokenUs());
    }

    private void advance(long untilUs) {
        double seconds = (untilUs - timeUs) / 1e6;
        timeUs = untilUs;
        prefillSeconds -= seconds * prefillLoad();
        if (!running.isEmpty()) {
            steps += seconds * stepsPerSecond();
        }
    }

    private double stepsPerSecond() {
        return (1 - prefillLoad()) / serving.stepSeconds(running.size(), contextTokens);
    }

    private void finishPrefill() {
        var read = prefilling;
        if (read != null) {
            // the first token comes with the prompt
            double endStep = steps + read.completionTokens() - 1;
            running.add(new Running(read, timeUs, endStep, order++));
            contextTokens += context(read);
            prefilling = null;
        }
    }

    private void beginWaiting() {
        var first = waiting.peek();
        if (first != null && prefilling == null && fits(first)) {
            prefilling = waiting.remove();
            prefillSeconds =
                    (first.promptTokens() - first.cachedTokens())
                            / serving.prefillTokensPerSecond();
            cachedTokens += first.tokens();
        }
        nextUs = Math.min(prefillEndUs(), decodeEndUs());
    }

    private boolean fits(Request request) {
        if (running.isEmpty()) {
            return true;
        }
        return running.size() < serving.maxRunning()
                && cachedTokens + request.tokens() <= serving.cacheTokens();
    }

    private boolean isPrefillNext() {
        return prefillEndUs() <= decodeEndUs();
    }

    private long prefillEndUs() {
        return prefilling == null ? Long.MAX_VALUE : after(prefillSeconds / prefillLoad());
    }

    private long decodeEndUs() {
        var first = running.peek();
        return first == null ? Long.MAX_VALUE : after((first.endStep() - steps) / stepsPerSecond());
    }

    private long after(double seconds) {
        return timeUs + Math.max(0, (long) Math.ceil(seconds * 1e6));
    }

    private static double context(Request request) {
        return ServingModel.meanContext(request.promptTokens(), request.completionTokens());
    }
}
