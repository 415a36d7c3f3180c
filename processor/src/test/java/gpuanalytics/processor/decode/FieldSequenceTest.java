package gpuanalytics.processor.decode;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.Field;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FieldSequenceTest {

    private static final String BEHIND = ":1234567890}";

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void theFieldThatCameNextIsExpectedAgainAndNoOther(EventTopic topic) {
        var sequence = new FieldSequence(topic);
        for (var before : topic.fields().fields()) {
            for (var next : topic.fields().fields()) {
                sequence.follows(before.index(), next.index());
                for (var there : topic.fields().fields()) {
                    assertEquals(
                            there.equals(next) ? next.index() : FieldSequence.NONE,
                            expected(sequence, before, quoted(there) + BEHIND),
                            "%s after %s, where %s is".formatted(next, before, there));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void nothingIsExpectedBeforeAnythingWasSeen(EventTopic topic) {
        var sequence = new FieldSequence(topic);
        for (var field : topic.fields().fields()) {
            var text = (quoted(field) + BEHIND).getBytes(US_ASCII);
            assertEquals(
                    FieldSequence.NONE,
                    sequence.expected(FieldSequence.START, text, 0, text.length));
        }
    }

    @ParameterizedTest
    @EnumSource(EventTopic.class)
    void aNameThatDiffersInOneCharacterOrIsCutIsNotTheExpectedOne(EventTopic topic) {
        for (var field : topic.fields().fields()) {
            var sequence = new FieldSequence(topic);
            sequence.follows(FieldSequence.START, field.index());
            var name = quoted(field);
            var whole = ("{" + name + BEHIND).getBytes(US_ASCII);
            assertEquals(
                    field.index(), sequence.expected(FieldSequence.START, whole, 1, whole.length));
            for (int i = 0; i < name.length(); i++) {
                var other = whole.clone();
                other[1 + i] ^= 1;
                assertEquals(
                        FieldSequence.NONE,
                        sequence.expected(FieldSequence.START, other, 1, other.length),
                        name + " changed at " + i);
                assertEquals(
                        FieldSequence.NONE,
                        sequence.expected(FieldSequence.START, whole, 1, 1 + i),
                        name + " cut at " + i);
            }
        }
    }

    private static int expected(FieldSequence sequence, Field<?> before, String text) {
        var bytes = text.getBytes(US_ASCII);
        return sequence.expected(before.index(), bytes, 0, bytes.length);
    }

    private static String quoted(Field<?> field) {
        return '"' + field.name() + '"';
    }
}
