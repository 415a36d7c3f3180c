package gpuanalytics.placement.http;

import com.fasterxml.jackson.databind.JsonNode;
import gpuanalytics.placement.trace.BadInputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The members of a JSON object, each with the name that messages have for it.
 *
 * @param object the object
 * @param path what is before its members' names; empty for the body itself
 */
record BodyFields(JsonNode object, String path) {

    /**
     * An object with no other members than these.
     *
     * @throws BadInputException for what is no object, or has others
     */
    static BodyFields of(JsonNode node, String path, List<String> known) throws BadInputException {
        if (!node.isObject()) {
            throw bad(path.isEmpty() ? "body" : path, node, "a JSON object");
        }
        for (var member : node.properties()) {
            if (!known.contains(member.getKey())) {
                throw new BadInputException(
                        "%s is unknown, expected one of %s"
                                .formatted(
                                        name(path, cut(member.getKey())),
                                        String.join(", ", known)));
            }
        }
        return new BodyFields(node, path);
    }

    private static String name(String path, String member) {
        return path.isEmpty() ? member : path + "." + member;
    }

    String name(String member) {
        return name(path, member);
    }

    boolean has(String member) {
        return object.hasNonNull(member);
    }

    Optional<String> text(String member) throws BadInputException {
        if (!has(member)) {
            return Optional.empty();
        }
        if (!object.get(member).isTextual()) {
            throw bad(name(member), object.get(member), "a text");
        }
        return Optional.of(object.get(member).textValue());
    }

    /** A number as it is written. */
    Optional<String> number(String member) throws BadInputException {
        if (!has(member)) {
            return Optional.empty();
        }
        if (!object.get(member).isNumber()) {
            throw bad(name(member), object.get(member), "a number");
        }
        return Optional.of(object.get(member).asText());
    }

    /** Texts; none where it is absent. */
    List<String> texts(String member) throws BadInputException {
        var texts = new ArrayList<String>();
        if (!has(member)) {
            return texts;
        }
        if (!object.get(member).isArray()) {
            throw bad(name(member), object.get(member), "a list of texts");
        }
        for (var element : object.get(member)) {
            if (!element.isTextual()) {
                throw bad("%s[%d]".formatted(name(member), texts.size()), element, "a text");
            }
            texts.add(element.textValue());
        }
        return texts;
    }

    private static BadInputException bad(String name, JsonNode value, String expected) {
        return new BadInputException(
                "%s is %s, expected %s".formatted(name, cut(value.toString()), expected));
    }

    private static String cut(String text) {
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }
}
