package gpuanalytics.producer.receive.otlp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import gpuanalytics.producer.receive.BadRequestException;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * OTLP/JSON: the JSON of Protocol Buffers but for its ids, which are hexadecimal, and its enums,
 * which are numbers. Unknown names are passed over.
 */
public final class OtlpJson {

    private static final int MAX_NESTING = 64;

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MAX_NESTING)
                                    // the body's size limits these
                                    .maxStringLength(Integer.MAX_VALUE)
                                    .build())
                    .build();

    private static final Set<String> IDS = Set.of("traceId", "spanId", "parentSpanId");

    private static final Map<Descriptor, Map<String, FieldDescriptor>> FIELDS =
            new ConcurrentHashMap<>();

    private OtlpJson() {}

    /**
     * Reads a message.
     *
     * @param into an empty builder of its kind, which is given back
     * @throws BadRequestException where the body is no such message
     */
    public static <B extends Message.Builder> B read(byte[] body, B into)
            throws BadRequestException {
        try (var json = JSON.createParser(body)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("expected an object");
            }
            readObject(json, into);
            if (json.nextToken() != null) {
                throw new IOException("it goes on after its object");
            }
            return into;
        } catch (IOException | IllegalArgumentException | ArithmeticException e) {
            throw new BadRequestException("body is not OTLP/JSON: " + firstLine(e));
        }
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static void readObject(JsonParser json, Message.Builder into) throws IOException {
        var fields = FIELDS.computeIfAbsent(into.getDescriptorForType(), OtlpJson::fields);
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            var field = fields.get(json.currentName());
            var token = json.nextToken();
            if (field == null || token == JsonToken.VALUE_NULL) {
                json.skipChildren();
            } else if (field.isRepeated()) {
                readArray(json, field, into);
            } else {
                into.setField(field, value(json, field, into));
            }
        }
    }

    private static Map<String, FieldDescriptor> fields(Descriptor type) {
        var fields = new HashMap<String, FieldDescriptor>();
        for (var field : type.getFields()) {
            fields.put(field.getJsonName(), field);
        }
        return fields;
    }

    private static void readArray(JsonParser json, FieldDescriptor field, Message.Builder into)
            throws IOException {
        if (json.currentToken() != JsonToken.START_ARRAY) {
            throw wrong(json, field, "an array");
        }
        while (json.nextToken() != JsonToken.END_ARRAY) {
            into.addRepeatedField(field, value(json, field, into));
        }
    }

    private static Object value(JsonParser json, FieldDescriptor field, Message.Builder into)
            throws IOException {
        return switch (field.getJavaType()) {
            case MESSAGE -> {
                if (json.currentToken() != JsonToken.START_OBJECT) {
                    throw wrong(json, field, "an object");
                }
                var message = into.newBuilderForField(field);
                readObject(json, message);
                yield message.build();
            }
            case STRING -> text(json, field);
            case BYTE_STRING -> bytes(text(json, field), field);
            case BOOLEAN -> {
                if (!json.currentToken().isBoolean()) {
                    throw wrong(json, field, "true or false");
                }
                yield json.getBooleanValue();
            }
            case INT -> (int) whole(json, field);
            case LONG -> whole(json, field);
            case FLOAT -> (float) number(json, field);
            case DOUBLE -> number(json, field);
            case ENUM -> choice(json, field);
        };
    }

    private static String text(JsonParser json, FieldDescriptor field) throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw wrong(json, field, "text");
        }
        return json.getText();
    }

    private static ByteString bytes(String text, FieldDescriptor field) {
        return ByteString.copyFrom(
                IDS.contains(field.getJsonName())
                        ? HexFormat.of().parseHex(text)
                        : Base64.getDecoder().decode(text));
    }

    /**
     * Whole numbers may be text, for those beyond what JavaScript holds; 64 bits, also unsigned.
     */
    private static long whole(JsonParser json, FieldDescriptor field) throws IOException {
        if (json.currentToken() == JsonToken.VALUE_STRING
                || json.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            var text = json.getText();
            return text.startsWith("-") ? Long.parseLong(text) : Long.parseUnsignedLong(text);
        }
        if (json.currentToken() == JsonToken.VALUE_NUMBER_FLOAT && json.getTextLength() < 40) {
            return new BigDecimal(json.getText()).longValueExact();
        }
        throw wrong(json, field, "a whole number");
    }

    private static double number(JsonParser json, FieldDescriptor field) throws IOException {
        if (json.currentToken().isNumeric()) {
            return json.getDoubleValue();
        }
        return switch (text(json, field)) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(json.getText());
        };
    }

    private static Object choice(JsonParser json, FieldDescriptor field) throws IOException {
        var type = field.getEnumType();
        if (json.currentToken() == JsonToken.VALUE_STRING) {
            @Nullable Object named = type.findValueByName(json.getText());
            if (named == null) {
                throw wrong(json, field, "a number");
            }
            return named;
        }
        return type.findValueByNumberCreatingIfUnknown((int) whole(json, field));
    }

    private static IOException wrong(JsonParser json, FieldDescriptor field, String expected)
            throws IOException {
        return new IOException(
                "%s is %s, expected %s"
                        .formatted(field.getJsonName(), json.currentToken(), expected));
    }
}
