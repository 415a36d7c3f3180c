package gpuanalytics.service.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonItemTest {

    private static final String DOCUMENT =
            """
            {"a":{"b":"text","n":12.50,"t":true,"nothing":null},"l":["x",3,{"y":"z"}]}\
            """;

    private static JsonItem parsed(String text) throws IOException {
        return JsonItem.parse(text.getBytes(UTF_8));
    }

    @Test
    void isAskedByPaths() throws IOException {
        var item = parsed(DOCUMENT);

        assertEquals("text", item.text("a", "b"));
        assertEquals("12.50", item.text("a", "n"));
        assertEquals("true", item.item("a").text("t"));
        assertEquals(List.of("x"), item.texts("l"));
        assertEquals("z", item.items("l").getFirst().text("y"));
        assertTrue(item.has("a", "t"));
    }

    @Test
    void whatIsNotThereIsEmpty() throws IOException {
        var item = parsed(DOCUMENT);

        assertEquals("", item.text("a", "b", "c"));
        assertEquals("", item.text("l"));
        assertEquals("", item.item("none").text("a"));
        assertEquals(List.of(), item.items("a"));
        assertFalse(item.has("a", "nothing"));
    }

    @Test
    void isWrittenAsItWasRead() throws IOException {
        var text = new StringWriter();
        try (var json = new JsonFactory().createGenerator(text)) {
            parsed(DOCUMENT).writeTo(json);
        }

        assertEquals(DOCUMENT.replace(",\"nothing\":null", ""), text.toString());
    }

    @Test
    void whatIsNoObjectOrNoEndIsRefused() {
        for (var bad : List.of("", "[]", "{\"a\":", "{\"a\":[1", "{\"a\":1", "{} {}", "{\"a\":}")) {
            assertThrows(IOException.class, () -> parsed(bad), bad);
        }
    }
}
