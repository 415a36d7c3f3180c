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

    /** Part of the prompt where they come from: what is larger than it is not what it is called. */
    private static final Set<String> CACHE_INSIDE =
            Set.of("input_cached_tokens", "num_cached_tokens");

    /** Gemini's. */
    private static final Set<String> REASONING_BESIDE = Set.of("thoughts_token_count");

    /** Gemini's: what tools have put before the model, beside the prompt. */
    static final String TOOL_PROMPT = "tool_use_prompt_token_count";

    static final String TOOL_PROMPT_CAMEL = FieldTable.camelCase(TOOL_PROMPT);

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
     * A whole count as a field could hold it, else 0: what was not understood before is nothing.
     */
    static long wholeCount(Json json) {
        var count = count(json);
        if (count == null
                || count.signum() < 0
                || count.compareTo(BigDecimal.valueOf(TokenUsage.PROMPT_TOKENS.max())) > 0
                || count.stripTrailingZeros().scale() > 0) {
            return 0;
        }
        return count.longValueExact();
    }

    /**
     * Makes a usage count as the contract does, and fills in its model.
     *
     * @return why it cannot, or null
     */
    static @Nullable Rejected apply(EventReading said, Event.Builder usage) {
        fillInModel(usage);
        dropImpossibleCache(said, usage);
        var total = said.total();
        long promptSaid = tokens(usage, TokenUsage.PROMPT_TOKENS);
        long completion = tokens(usage, TokenUsage.COMPLETION_TOKENS);
        long cache =
                tokens(usage, TokenUsage.CACHED_PROMPT_TOKENS)
                        + tokens(usage, TokenUsage.CACHE_WRITE_TOKENS);
        long reasoning = tokens(usage, TokenUsage.REASONING_TOKENS);
        boolean toolsInside =
                total != null && isOneOf(total, promptSaid + completion, cache, reasoning);
        long prompt = promptSaid + (toolsInside ? 0 : said.toolPrompt());
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
        long wholePrompt = prompt + (cacheBeside ? cache : 0);
        var rejected =
                wholePrompt > promptSaid ? set(usage, TokenUsage.PROMPT_TOKENS, wholePrompt) : null;
        return rejected == null && reasoningBeside && reasoning > 0
                ? set(usage, TokenUsage.COMPLETION_TOKENS, completion + reasoning)
                : rejected;
    }

    private static void dropImpossibleCache(EventReading said, Event.Builder usage) {
        var name = said.nameOf(TokenUsage.CACHED_PROMPT_TOKENS);
        if (name != null
                && CACHE_INSIDE.contains(name)
                && usage.has(TokenUsage.PROMPT_TOKENS)
                && tokens(usage, TokenUsage.CACHED_PROMPT_TOKENS)
                        > tokens(usage, TokenUsage.PROMPT_TOKENS)) {
            usage.setUnchecked(TokenUsage.CACHED_PROMPT_TOKENS, null);
            said.refuse(TokenUsage.CACHED_PROMPT_TOKENS);
        }
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

    private static boolean isOneOf(BigDecimal total, long tokens, long cache, long reasoning) {
        return is(total, tokens)
                || is(total, tokens + cache)
                || is(total, tokens + reasoning)
                || is(total, tokens + cache + reasoning);
    }

    private static boolean is(BigDecimal total, long tokens) {
        return total.compareTo(BigDecimal.valueOf(tokens)) == 0;
    }

    private static long tokens(Event.Builder usage, Field<Long> field) {
        return usage.valueOf(field) instanceof Long tokens ? tokens : 0;
    }
}
