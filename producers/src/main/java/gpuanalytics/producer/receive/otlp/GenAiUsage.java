package gpuanalytics.producer.receive.otlp;

import com.google.protobuf.ByteString;
import gpuanalytics.event.Field;
import gpuanalytics.event.TokenUsage;
import java.math.BigDecimal;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What attributes tell about a request to a model. */
final class GenAiUsage {

    static final String OPERATION = "gen_ai.operation.name";
    static final String SERVICE = "service.name";

    /** These sum up the requests below them, which have spans of their own. */
    private static final Set<String> SUMMING =
            Set.of("invoke_agent", "create_agent", "invoke_workflow", "execute_tool");

    private static final int TRACE_ID_BYTES = 16;
    private static final int SPAN_ID_BYTES = 8;

    private GenAiUsage() {}

    /** Whether they tell of a request to a model, with or without its tokens. */
    static boolean isOfModel(Attributes attributes) {
        return attributes.text(OPERATION).map(name -> !SUMMING.contains(name)).orElse(true)
                && (attributes.has(OPERATION) || hasTokens(attributes));
    }

    /** Whether they tell how many tokens it was. */
    static boolean hasTokens(Attributes attributes) {
        return GenAiName.ALL.stream()
                .filter(
                        name ->
                                name.field().equals(TokenUsage.PROMPT_TOKENS)
                                        || name.field().equals(TokenUsage.COMPLETION_TOKENS))
                .anyMatch(name -> attributes.number(name.attribute()) != null);
    }

    /** The values by the contract's names; what is of the wrong kind is absent. */
    static Map<String, Object> values(Attributes attributes) {
        var values = new LinkedHashMap<String, Object>();
        for (var name : GenAiName.ALL) {
            var value = value(attributes, name);
            if (value != null) {
                values.putIfAbsent(name.field().name(), value);
            }
        }
        // an embedding or a failed request may name only the model that answered
        var answered = values.get(TokenUsage.RESPONSE_MODEL.name());
        if (answered != null) {
            values.putIfAbsent(TokenUsage.MODEL.name(), answered);
        }
        addCached(values);
        return values;
    }

    private static @Nullable Object value(Attributes attributes, GenAiName name) {
        return switch (name.field().kind()) {
            case TEXT -> attributes.text(name.attribute()).orElse(null);
            case INTEGER -> attributes.number(name.attribute());
            case NUMBER -> {
                var number = attributes.number(name.attribute());
                yield number == null ? null : number.multiply(BigDecimal.valueOf(name.scale()));
            }
            case FLAG -> attributes.flag(name.attribute());
            case TIME -> null;
        };
    }

    /**
     * By the convention the prompt includes what a cache gave and took; where that is more than the
     * prompt, the sender has passed on numbers of an interface that leaves it out.
     */
    private static void addCached(Map<String, Object> values) {
        var prompt = number(values, TokenUsage.PROMPT_TOKENS);
        var cached =
                number(values, TokenUsage.CACHED_PROMPT_TOKENS)
                        .orElse(BigDecimal.ZERO)
                        .add(number(values, TokenUsage.CACHE_WRITE_TOKENS).orElse(BigDecimal.ZERO));
        if (prompt.isPresent() && cached.compareTo(prompt.get()) > 0) {
            values.put(TokenUsage.PROMPT_TOKENS.name(), prompt.get().add(cached));
        }
    }

    private static Optional<BigDecimal> number(Map<String, Object> values, Field<Long> field) {
        return values.get(field.name()) instanceof BigDecimal number
                ? Optional.of(number)
                : Optional.empty();
    }

    /** The identity that a span gives its request; empty where its ids are none. */
    static Optional<String> eventId(ByteString traceId, ByteString spanId) {
        return isId(traceId, TRACE_ID_BYTES) && isId(spanId, SPAN_ID_BYTES)
                ? Optional.of(hex(traceId) + "/" + hex(spanId))
                : Optional.empty();
    }

    private static boolean isId(ByteString id, int bytes) {
        if (id.size() != bytes) {
            return false;
        }
        for (int i = 0; i < bytes; i++) {
            if (id.byteAt(i) != 0) {
                return true;
            }
        }
        return false;
    }

    private static String hex(ByteString bytes) {
        return HexFormat.of().formatHex(bytes.toByteArray());
    }
}
