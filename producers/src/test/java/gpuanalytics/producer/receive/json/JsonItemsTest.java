package gpuanalytics.producer.receive.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gpuanalytics.producer.receive.BadRequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonItemsTest {

    private static final int ROUNDS = 2000;
    private static final byte[] TELLING = "{}[]\",:\\ \n\r\t01ae.é\u007f".getBytes(UTF_8);

    private final long seed = Long.getLong("fuzz.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private static List<String> items(String body) throws BadRequestException {
        return JsonItems.of(body.getBytes(UTF_8), 1000).stream()
                .map(item -> new String(item, UTF_8))
                .toList();
    }

    @Test
    void cutsArraysAndSequences() throws BadRequestException {
        assertEquals(List.of(), items(" \n"));
        assertEquals(List.of(), items("[ ]"));
        assertEquals(List.of("{\"a\":[1,2]}"), items("{\"a\":[1,2]}"));
        assertEquals(
                List.of("{}", "{\"]\":\"\\\"},\"}", "7"), items("[{},{\"]\":\"\\\"},\"}, 7 ]"));
        assertEquals(List.of("{}", "{\"a\":1}", "nul"), items("{}{\"a\":1}\nnul\n"));
        assertEquals(List.of("{}"), items("\ufeff{}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"[", "[{}", "[{},]", "[{}] {}", "{", "{\"a", "{\"a\\", "[{}}]", "}", "[]]"})
    void refusesWhatHasNoEnd(String body) {
        assertThrows(BadRequestException.class, () -> items(body));
    }

    @Test
    void anItemThatIsNoJsonCostsOnlyItself() throws BadRequestException {
        assertEquals(List.of("{a}", "{}"), items("[{a},{}]"));
    }

    @Test
    void whateverArrayIsWrittenComesBack() throws BadRequestException {
        for (int round = 0; round < ROUNDS; round++) {
            var written = new ArrayList<String>();
            for (int i = random.nextInt(6); i > 0; i--) {
                written.add(value(3));
            }

            assertEquals(
                    written, items("[" + String.join(",", written) + "]"), "fuzz.seed=" + seed);
        }
    }

    private String value(int depth) {
        return switch (depth == 0 ? 0 : random.nextInt(3)) {
            case 0 ->
                    "\"%s\""
                            .formatted(
                                    List.of("", "\\\"", "]", "{,", "\\\\").get(random.nextInt(5)));
            case 1 -> "[%s,%s]".formatted(value(depth - 1), value(depth - 1));
            default -> "{\"k\":%s}".formatted(value(depth - 1));
        };
    }

    @Test
    void randomBytesAreItemsOrARefusal() {
        for (int round = 0; round < ROUNDS * 10; round++) {
            var body = new byte[random.nextInt(40)];
            for (int i = 0; i < body.length; i++) {
                body[i] = TELLING[random.nextInt(TELLING.length)];
            }
            try {
                JsonItems.of(body, 1000).forEach(Shape::of);
            } catch (BadRequestException ignored) {
                // it says what is wrong
            }
        }
    }
}
