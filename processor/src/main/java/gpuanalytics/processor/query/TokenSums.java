package gpuanalytics.processor.query;

import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.measure.Measures;
import gpuanalytics.processor.measure.TokenCounter;
import gpuanalytics.processor.query.TokenReport.Counts;
import org.jspecify.annotations.Nullable;

/** The sums of token rollups, exact to the last token. */
final class TokenSums {

    private final ReadingSums readings = new ReadingSums(Measures.TOKEN);
    private long requests;
    private long errors;
    private long failedAttempts;

    void add(TokenRollup rollup) {
        requests += rollup.count(TokenCounter.REQUESTS);
        errors += rollup.count(TokenCounter.ERRORS);
        failedAttempts += rollup.count(TokenCounter.FAILED_ATTEMPTS);
        readings.add(rollup.readings());
    }

    /** Adds the sums of others. */
    void add(TokenSums others) {
        requests += others.requests;
        errors += others.errors;
        failedAttempts += others.failedAttempts;
        readings.add(others.readings);
    }

    /** Whether every number is zero or absent: later words have left nothing of what they count. */
    boolean isNothing() {
        return requests == 0 && errors == 0 && failedAttempts == 0 && readings.isNothing();
    }

    /** What they are, over the seconds that have passed. */
    Counts counts(double elapsedSeconds) {
        var found = readings.readings();
        return new Counts(
                requests,
                errors,
                requests + failedAttempts,
                found,
                tokensPerSecond(found, elapsedSeconds));
    }

    private static @Nullable Double tokensPerSecond(Readings readings, double elapsedSeconds) {
        var prompt = readings.total(TokenUsage.PROMPT_TOKENS);
        var completion = readings.total(TokenUsage.COMPLETION_TOKENS);
        if ((prompt == null && completion == null) || elapsedSeconds == 0) {
            return null;
        }
        return Math.addExact(orNone(prompt), orNone(completion)) / elapsedSeconds;
    }

    private static long orNone(@Nullable Long sum) {
        return sum == null ? 0 : sum;
    }
}
