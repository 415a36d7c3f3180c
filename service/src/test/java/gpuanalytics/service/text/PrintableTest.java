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
    void escapesWhatLooksLikeNothing() {
        assertEquals(
                "a\\u00a0b\\u2003\\u3164\\u2800\\ufe0f\\ue000\\u{e0101}",
                Printable.of("a\u00a0b\u2003\u3164\u2800\ufe0f\ue000\udb40\udd01"));
    }

    /** Of all characters there are. */
    @Test
    void nothingThatSteersOrHidesIsLeft() {
        for (int character = 0; character <= Character.MAX_CODE_POINT; character++) {
            var shown = Printable.of(Character.toString(character));
            assertTrue(
                    shown.codePoints()
                            .map(Character::getType)
                            .noneMatch(
                                    type ->
                                            type == Character.CONTROL
                                                    || type == Character.FORMAT
                                                    || type == Character.SURROGATE),
                    Integer.toHexString(character));
        }
    }

    @Test
    void noControlCharacterIsLeftOut() {
        for (char character = 0; character < 0x100; character++) {
            var shown = Printable.of(String.valueOf(character));
            assertTrue(shown.chars().noneMatch(Character::isISOControl), shown);
        }
    }
}
