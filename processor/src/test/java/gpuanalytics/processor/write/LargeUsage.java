package gpuanalytics.processor.write;

import gpuanalytics.event.Event;
import gpuanalytics.event.TokenUsage;
import java.util.List;

/** Usages of some 6 KiB. */
public final class LargeUsage {

    private static final String LONGEST = "x".repeat(512);

    private LargeUsage() {}

    /** Sets a dozen labels to as much text as they take. */
    public static void fill(Event.Builder usage) {
        for (var field :
                List.of(
                        TokenUsage.PROVIDER,
                        TokenUsage.OPERATION,
                        TokenUsage.RESPONSE_MODEL,
                        TokenUsage.POD,
                        TokenUsage.NAMESPACE,
                        TokenUsage.TEAM,
                        TokenUsage.USER,
                        TokenUsage.PROJECT,
                        TokenUsage.WORKLOAD,
                        TokenUsage.STATUS,
                        TokenUsage.ERROR_TYPE,
                        TokenUsage.SOURCE)) {
            usage.set(field, LONGEST);
        }
    }
}
