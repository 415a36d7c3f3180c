package gpuanalytics.processor.api;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.processor.query.InvalidQueryException;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Why there is no answer, as RFC 9457 says it.
 *
 * @param type the kind of problem
 * @param detail what is wrong with this request, in one line
 * @param members further members, such as the parameter's name
 * @param headers headers that belong to the answer
 */
record Problem(Type type, String detail, Map<String, String> members, Map<String, String> headers) {

    static final String MEDIA_TYPE = "application/problem+json";

    /** Longer values are cut, so that an answer is never as long as what it refuses. */
    private static final int MAX_VALUE_CHARS = 200;

    /** The kinds of problem, each with its HTTP status. */
    enum Type {
        INVALID_PARAMETER(400),
        MALFORMED_REQUEST(400),
        NOT_FOUND(404),
        METHOD_NOT_ALLOWED(405),
        NOT_ACCEPTABLE(406),
        URI_TOO_LONG(414),
        HEADERS_TOO_LARGE(431),
        INTERNAL_ERROR(500),
        TOO_BUSY(503),
        STORE_UNAVAILABLE(503),
        TIMEOUT(504);

        private final int status;

        Type(int status) {
            this.status = status;
        }

        int status() {
            return status;
        }

        String uri() {
            return "urn:gpu-analytics:problem:" + name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    static Problem of(Type type, String detail) {
        return new Problem(type, detail, Map.of(), Map.of());
    }

    static Problem of(InvalidQueryException invalid) {
        var members = new LinkedHashMap<String, String>();
        members.put("parameter", cut(invalid.parameter()));
        members.put("value", cut(invalid.value()));
        members.put("expected", invalid.expected());
        var detail =
                "%s is %s, expected %s"
                        .formatted(
                                cut(invalid.parameter()), cut(invalid.value()), invalid.expected());
        return new Problem(Type.INVALID_PARAMETER, detail, members, Map.of());
    }

    Problem withHeader(String name, String value) {
        return new Problem(type, detail, members, Map.of(name, value));
    }

    Answer answer() {
        return new Answer(type.status, MEDIA_TYPE, Json.write(this::writeTo), headers);
    }

    private void writeTo(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", type.uri());
        json.writeStringField("title", HttpResponseStatus.valueOf(type.status).reasonPhrase());
        json.writeNumberField("status", type.status);
        json.writeStringField("detail", detail);
        for (var member : members.entrySet()) {
            json.writeStringField(member.getKey(), member.getValue());
        }
        json.writeEndObject();
    }

    private static String cut(String text) {
        return text.length() <= MAX_VALUE_CHARS ? text : text.substring(0, MAX_VALUE_CHARS) + "…";
    }
}
