package gpuanalytics.producer.receive.otlp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.ByteString;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import gpuanalytics.event.Said;
import gpuanalytics.event.TokenUsage;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What attributes tell about a request to a model. */
final class GenAiUsage {

    static final String SERVICE = "service.name";

    /** These sum up the requests below them, which have spans of their own. */
    private static final Set<String> SUMMING =
            Set.of(
                    "invoke_agent",
                    "create_agent",
                    "invoke_workflow",
                    "execute_tool",
                    // OpenInference's kinds
                    "AGENT",
                    "CHAIN",
                    "EVALUATOR",
                    "GUARDRAIL",
                    "PROMPT",
                    "RETRIEVER",
                    "TOOL");

    /** The places of the names that tell how many tokens it was. */
    private static final int[] OF_TOKENS =
            places(TokenUsage.PROMPT_TOKENS, TokenUsage.COMPLETION_TOKENS);

    /** The places of the names that tell what was asked for. */
    private static final int[] OF_OPERATION = places(TokenUsage.OPERATION);

    private static final int TRACE_ID_BYTES = 16;
    private static final int SPAN_ID_BYTES = 8;
    private static final byte[] HEX_DIGITS = "0123456789abcdef".getBytes(ISO_8859_1);

    private GenAiUsage() {}

    private static int[] places(Field<?>... fields) {
        var wanted = Set.of(fields);
        return IntStream.range(0, GenAiName.ALL.size())
                .filter(place -> wanted.contains(GenAiName.ALL.get(place).field()))
                .toArray();
    }

    /** Whether they tell of a request to a model, with or without its tokens. */
    static boolean isOfModel(Attributes attributes) {
        boolean hasOperation = false;
        for (int place : OF_OPERATION) {
            var operation = attributes.known(place);
            if (operation instanceof String name && SUMMING.contains(name)) {
                return false;
            }
            hasOperation |= operation != null;
        }
        return hasOperation || hasTokens(attributes);
    }

    /** Whether they tell how many tokens it was. */
    static boolean hasTokens(Attributes attributes) {
        for (int place : OF_TOKENS) {
            var value = attributes.known(place);
            if (value instanceof Long || Attributes.numberOf(value) != null) {
                return true;
            }
        }
        return false;
    }

    /** What they say by the contract's names; what is of the wrong kind is absent. */
    static Said said(Attributes attributes) {
        var said = new Said(EventTopic.TOKEN_USAGE);
        for (int place = 0; place < GenAiName.ALL.size(); place++) {
            var found = attributes.known(place);
            var name = GenAiName.ALL.get(place);
            var value = found == null ? null : value(found, name);
            if (value != null && !said.has(name.field())) {
                said.set(name.field(), value);
            }
        }
        // an embedding or a failed request may name only the model that answered
        var answered = said.get(TokenUsage.RESPONSE_MODEL);
        if (answered != null && !said.has(TokenUsage.MODEL)) {
            said.set(TokenUsage.MODEL, answered);
        }
        addCached(said);
        return said;
    }

    private static @Nullable Object value(Object value, GenAiName name) {
        return switch (name.field().kind()) {
            case TEXT -> Attributes.textOf(value);
            case INTEGER -> value instanceof Long ? value : Attributes.numberOf(value);
            case NUMBER -> {
                var number = Attributes.numberOf(value);
                yield number == null ? null : number.multiply(BigDecimal.valueOf(name.scale()));
            }
            case FLAG -> Attributes.flagOf(value);
            case TIME -> null;
        };
    }

    /**
     * By the convention the prompt includes what a cache gave and took; where that is more than the
     * prompt, the sender has passed on numbers of an interface that leaves it out.
     */
    private static void addCached(Said said) {
        if (!said.has(TokenUsage.CACHED_PROMPT_TOKENS)
                && !said.has(TokenUsage.CACHE_WRITE_TOKENS)) {
            return;
        }
        var prompt = number(said, TokenUsage.PROMPT_TOKENS);
        var cached =
                number(said, TokenUsage.CACHED_PROMPT_TOKENS)
                        .orElse(BigDecimal.ZERO)
                        .add(number(said, TokenUsage.CACHE_WRITE_TOKENS).orElse(BigDecimal.ZERO));
        if (prompt.isPresent() && cached.compareTo(prompt.get()) > 0) {
            said.set(TokenUsage.PROMPT_TOKENS, prompt.get().add(cached));
        }
    }

    private static Optional<BigDecimal> number(Said said, Field<Long> field) {
        return switch (said.get(field)) {
            case Long number -> Optional.of(BigDecimal.valueOf(number));
            case BigDecimal number -> Optional.of(number);
            case null, default -> Optional.empty();
        };
    }

    /** The identity that a span gives its request; empty where its ids are none. */
    static Optional<String> eventId(ByteString traceId, ByteString spanId) {
        return Optional.ofNullable(eventId(traceId.toByteArray(), spanId.toByteArray()));
    }

    /** The same; null where its ids are none. */
    static @Nullable String eventId(byte[] traceId, byte[] spanId) {
        if (!isId(traceId, TRACE_ID_BYTES) || !isId(spanId, SPAN_ID_BYTES)) {
            return null;
        }
        var text = new byte[2 * TRACE_ID_BYTES + 1 + 2 * SPAN_ID_BYTES];
        putHex(traceId, text, 0);
        text[2 * TRACE_ID_BYTES] = '/';
        putHex(spanId, text, 2 * TRACE_ID_BYTES + 1);
        return new String(text, ISO_8859_1);
    }

    private static boolean isId(byte[] id, int bytes) {
        if (id.length != bytes) {
            return false;
        }
        for (byte each : id) {
            if (each != 0) {
                return true;
            }
        }
        return false;
    }

    private static void putHex(byte[] from, byte[] into, int at) {
        for (int i = 0; i < from.length; i++) {
            into[at + 2 * i] = HEX_DIGITS[from[i] >> 4 & 0xf];
            into[at + 2 * i + 1] = HEX_DIGITS[from[i] & 0xf];
        }
    }
}
