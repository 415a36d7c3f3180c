package gpuanalytics.service.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Why there is no answer, as RFC 9457 says it.
 *
 * @param status the HTTP status
 * @param name the kind of problem, the end of its {@code type}: {@code not-found}
 * @param detail what is wrong with this request, in one line: the thing, its value and what was
 *     expected
 * @param members further members, such as the parameter's name
 * @param headers headers that belong to the answer
 * @param errors all that is wrong, one line each, where there may be several things; else empty
 */
public record Problem(
        int status,
        String name,
        String detail,
        Map<String, String> members,
        Map<String, String> headers,
        List<String> errors) {

    static final String MEDIA_TYPE = "application/problem+json";

    /** Longer values are cut, so that an answer is never as long as what it refuses. */
    private static final int MAX_VALUE_CHARS = 200;

    public static Problem of(int status, String name, String detail) {
        return new Problem(status, name, detail, Map.of(), Map.of(), List.of());
    }

    /** A query parameter that cannot be used. */
    public static Problem invalidParameter(String parameter, String value, String expected) {
        var members = new LinkedHashMap<String, String>();
        members.put("parameter", cut(parameter));
        members.put("value", cut(value));
        members.put("expected", expected);
        return new Problem(
                400,
                "invalid-parameter",
                isInsteadOf(parameter, value, expected),
                members,
                Map.of(),
                List.of());
    }

    /** A body that cannot be used. */
    public static Problem invalidBody(String thing, String value, String expected) {
        return of(400, "invalid-body", isInsteadOf(thing, value, expected));
    }

    /**
     * A body that has faults.
     *
     * @param errors one line for each; at least one
     */
    public static Problem invalidBody(List<String> errors) {
        var detail =
                errors.size() == 1
                        ? errors.getFirst()
                        : "%s (and %d more)".formatted(errors.getFirst(), errors.size() - 1);
        return new Problem(400, "invalid-body", detail, Map.of(), Map.of(), errors);
    }

    public static Problem notFound(String detail) {
        return of(404, "not-found", detail);
    }

    /** More than is answered at the same time; it may be asked again soon. */
    public static Problem tooBusy(String detail) {
        return of(503, "too-busy", detail).withHeader("retry-after", "1");
    }

    static Problem internalError() {
        return of(500, "internal-error", "the request failed, the log says why");
    }

    /** The thing, its value and the expectation as one line. */
    static String isInsteadOf(String thing, String value, String expected) {
        return "%s is %s, expected %s".formatted(cut(thing), cut(value), expected);
    }

    /** The same with this header instead of others. */
    public Problem withHeader(String header, String value) {
        return new Problem(status, name, detail, members, Map.of(header, value), errors);
    }

    public Answer answer() {
        return new Answer(status, MEDIA_TYPE, Json.bytes(this::writeTo), headers);
    }

    private void writeTo(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", "urn:gpu-analytics:problem:" + name);
        json.writeStringField("title", HttpResponseStatus.valueOf(status).reasonPhrase());
        json.writeNumberField("status", status);
        json.writeStringField("detail", detail);
        for (var member : members.entrySet()) {
            json.writeStringField(member.getKey(), member.getValue());
        }
        if (!errors.isEmpty()) {
            json.writeArrayFieldStart("errors");
            for (var error : errors) {
                json.writeString(error);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    private static String cut(String text) {
        return text.length() <= MAX_VALUE_CHARS ? text : text.substring(0, MAX_VALUE_CHARS) + "…";
    }
}
