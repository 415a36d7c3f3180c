package gpuanalytics.service.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PrintableTest {

    @Test
    void escapesWhatSteersATerminalOrHides() {
        assertEquals(
                "a\\u001b[2Jb\\u0007\\r\\n\\t\\u009b\\u202e\\u200b\\ufeff\\u2028\\u{e0001}\\ud800",
                Printable.of(
                        "a\u001b[2Jb\u0007\r\n\t\u009b\u202e\u200b\ufeff\u2028\udb40\udc01\ud800"));
    }

    @Test
    void leavesAllOtherTextAsItIs() {
        var text = "Größe 模型 \\u001b | 😀 … é";

        assertEquals(text, Printable.of(text));
        assertEquals(Printable.of("\u001b"), Printable.of(Printable.of("\u001b")));
        assertEquals("null", Printable.of(null));
    }

    @Test
    void keepsTheLinesOfATextThatHasThem() {
        assertEquals("a\nb\\u001b\nc", Printable.lines("a\nb\u001b\nc"));
    }

    @Test
    void noControlCharacterIsLeftOut() {
        for (char character = 0; character < 0x100; character++) {
            var shown = Printable.of(String.valueOf(character));
            assertTrue(shown.chars().noneMatch(Character::isISOControl), shown);
        }
    }
}
