package gpuanalytics.event;

import gpuanalytics.event.Decoded.Rejected;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How providers count. The contract counts cached tokens as part of the prompt and reasoning as
 * part of the completion; some count them beside. A total that is said tells, else the names that
 * were used, else the provider.
 */
public final class UsageRules {

    /** Anthropic's and Bedrock's: its tokens are those that no cache had to do with. */
    private static final Set<String> UNCACHED_PROMPT = Set.of("input_tokens");

    private static final Set<String> CACHE_BESIDE =
            Set.of(
                    "cache_read_input_tokens",
                    "cache_read_tokens",
                    "cache_creation_input_tokens",
                    "cache_creation_tokens",
                    "cache_write_input_tokens");

    /** Gemini's. */
    private static final Set<String> REASONING_BESIDE = Set.of("thoughts_token_count");

    /** Who counts reasoning beside the completion, whatever the names. */
    private static final Set<String> PROVIDERS_BESIDE = Set.of("xai", "x_ai", "x-ai", "x.ai");

    /** No name of such a provider is longer. */
    public static final int MAX_PROVIDER_CHARS = 4;

    /** The sum of what is read and what is written. */
    static final String TOTAL = "total_tokens";

    private UsageRules() {}

    /** Whether a provider counts reasoning beside the completion. */
    public static boolean countsReasoningBeside(String provider) {
        return PROVIDERS_BESIDE.contains(provider.toLowerCase(Locale.ROOT));
    }

    /** A count as it was said, or null where it is none. */
    static @Nullable BigDecimal count(Json json) {
        try {
            return switch (json) {
                case Json.Numeric(var written) -> Quantity.number(written);
                case Json.Text(var text) -> {
                    var quantity = Quantity.ofText(text, "token");
                    yield quantity == null ? null : quantity.number();
                }
                case Json.Members _, Json.Items _, Json.Flag _, Json.Nothing _ -> null;
            };
        } catch (NumberFormatException ignored) {
            return null;
        }
    }

    /**
     * Makes a usage count as the contract does, and fills in its model.
     *
     * @return why it cannot, or null
     */
    static @Nullable Rejected apply(EventReading said, Event.Builder usage) {
        fillInModel(usage);
        var total = said.total();
        long prompt = tokens(usage, TokenUsage.PROMPT_TOKENS);
        long completion = tokens(usage, TokenUsage.COMPLETION_TOKENS);
        long cache =
                tokens(usage, TokenUsage.CACHED_PROMPT_TOKENS)
                        + tokens(usage, TokenUsage.CACHE_WRITE_TOKENS);
        long reasoning = tokens(usage, TokenUsage.REASONING_TOKENS);
        boolean cacheBeside = isCacheBeside(said);
        boolean reasoningBeside = isReasoningBeside(said, usage);
        if (total != null) {
            boolean inside = is(total, prompt + completion);
            boolean both = is(total, prompt + completion + cache + reasoning);
            if (inside || both) {
                cacheBeside = !inside;
                reasoningBeside = !inside;
            } else if (is(total, prompt + completion + cache)) {
                cacheBeside = true;
                reasoningBeside = false;
            } else if (is(total, prompt + completion + reasoning)) {
                cacheBeside = false;
                reasoningBeside = true;
            }
        }
        var rejected =
                cacheBeside && cache > 0
                        ? set(usage, TokenUsage.PROMPT_TOKENS, prompt + cache)
                        : null;
        return rejected == null && reasoningBeside && reasoning > 0
                ? set(usage, TokenUsage.COMPLETION_TOKENS, completion + reasoning)
                : rejected;
    }

    /** The same where all is said by the contract's own names: what counts then is the provider. */
    static @Nullable Rejected apply(Event.Builder usage) {
        fillInModel(usage);
        long reasoning = tokens(usage, TokenUsage.REASONING_TOKENS);
        return reasoning > 0 && isReasoningBeside(usage)
                ? set(
                        usage,
                        TokenUsage.COMPLETION_TOKENS,
                        tokens(usage, TokenUsage.COMPLETION_TOKENS) + reasoning)
                : null;
    }

    private static void fillInModel(Event.Builder usage) {
        if (!usage.has(TokenUsage.MODEL)) {
            usage.setUnchecked(TokenUsage.MODEL, usage.valueOf(TokenUsage.RESPONSE_MODEL));
        }
    }

    private static @Nullable Rejected set(Event.Builder usage, Field<Long> field, long tokens) {
        usage.set(field, tokens);
        return Validation.checkValue(field, tokens);
    }

    private static boolean isCacheBeside(EventReading said) {
        var prompt = said.nameOf(TokenUsage.PROMPT_TOKENS);
        var read = said.nameOf(TokenUsage.CACHED_PROMPT_TOKENS);
        var written = said.nameOf(TokenUsage.CACHE_WRITE_TOKENS);
        return prompt != null
                && UNCACHED_PROMPT.contains(prompt)
                && ((read != null && CACHE_BESIDE.contains(read))
                        || (written != null && CACHE_BESIDE.contains(written)));
    }

    private static boolean isReasoningBeside(EventReading said, Event.Builder usage) {
        var name = said.nameOf(TokenUsage.REASONING_TOKENS);
        return (name != null && REASONING_BESIDE.contains(name)) || isReasoningBeside(usage);
    }

    private static boolean isReasoningBeside(Event.Builder usage) {
        return usage.valueOf(TokenUsage.PROVIDER) instanceof String provider
                && countsReasoningBeside(provider);
    }

    private static boolean is(BigDecimal total, long tokens) {
        return total.compareTo(BigDecimal.valueOf(tokens)) == 0;
    }

    private static long tokens(Event.Builder usage, Field<Long> field) {
        return usage.valueOf(field) instanceof Long tokens ? tokens : 0;
    }
}
