package gpuanalytics.producer.source.replay.table;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** Kinds of files that people give for a trace and that are no text to read, by how they begin. */
enum ContentKind {
    UTF_32("UTF-32 text", Advice.UTF_8, begins("\u00ff\u00fe\0\0").or(begins("\0\0\u00fe\u00ff"))),
    UTF_16(
            "UTF-16 text",
            Advice.UTF_8,
            begins("\u00ff\u00fe").or(begins("\u00fe\u00ff")).or(ContentKind::isUtf16)),
    EXCEL_WORKBOOK(
            "a spreadsheet (xlsx)",
            Advice.EXPORT,
            begins("PK\3\4").and(holds("[Content_Types].xml"))),
    OPEN_DOCUMENT(
            "a spreadsheet (ods)", Advice.EXPORT, begins("PK\3\4").and(holds("opendocument"))),
    OLD_EXCEL("a spreadsheet (xls)", Advice.EXPORT, begins("\u00d0\u00cf\21\u00e0")),
    ZIP("a zip archive", Advice.UNPACK, begins("PK\3\4").or(begins("PK\5\6"))),
    PARQUET("a Parquet file", Advice.EXPORT, begins("PAR1").or(begins("PARE"))),
    ORC("an ORC file", Advice.EXPORT, begins("ORC").and(ContentKind::isBinary)),
    AVRO("an Avro file", Advice.EXPORT, begins("Obj\1")),
    ARROW("an Arrow file", Advice.EXPORT, begins("ARROW1\0")),
    SQLITE("an SQLite database", Advice.EXPORT, begins("SQLite format 3\0")),
    ZSTD("compressed with zstd", Advice.UNPACK, begins("(\u00b5/\u00fd")),
    BZIP2("compressed with bzip2", Advice.UNPACK, begins("BZh").and(ContentKind::isBinary)),
    XZ("compressed with xz", Advice.UNPACK, begins("\u00fd7zXZ\0")),
    LZ4("compressed with lz4", Advice.UNPACK, begins("\4\"M\30")),
    SEVEN_ZIP("a 7z archive", Advice.UNPACK, begins("7z\u00bc\u00af")),
    GZIP("gzipped twice", Advice.UNPACK, begins("\37\u008b")),
    TAR("a tar archive", Advice.UNPACK, head -> text(head, 257, 262).equals("ustar")),
    PDF("a PDF document", Advice.EXPORT, begins("%PDF-")),
    LFS_POINTER(
            "a pointer of Git LFS and not the file itself",
            "fetch it with git lfs pull",
            begins("version https://git-lfs")),
    WEB_PAGE(
            "a web page",
            "save the raw file instead",
            head -> {
                var start = text(head, 0, 200).strip().toLowerCase(Locale.ROOT);
                return start.startsWith("<!doctype html") || start.startsWith("<html");
            }),
    XML("XML", Advice.EXPORT, begins("<?xml")),
    BINARY("binary", Advice.EXPORT, ContentKind::isBinary);

    private static final class Advice {
        static final String UTF_8 =
                "save it as UTF-8, for example with iconv -f UTF-16 -t UTF-8 FILE";
        static final String EXPORT = "export it as one of these";
        static final String UNPACK = "unpack it first";
    }

    /** How much of a file is looked at. */
    static final int HEAD_BYTES = 64 * 1024;

    static final int GZIP_MAGIC = 0x1f8b;

    private final String what;
    private final String advice;

    @SuppressWarnings("ImmutableEnumChecker") // functions that hold nothing but texts
    private final Predicate<byte[]> recognised;

    ContentKind(String what, String advice, Predicate<byte[]> recognised) {
        this.what = what;
        this.advice = advice;
        this.recognised = recognised;
    }

    /** The kind of a file that begins so, or nothing where it may be text to read. */
    static Optional<ContentKind> of(byte[] head) {
        return Arrays.stream(values()).filter(kind -> kind.recognised.test(head)).findFirst();
    }

    /** What is wrong with it, to follow the file's name. */
    String problem() {
        return "is %s, expected CSV or JSON in UTF-8, plain or gzipped: %s".formatted(what, advice);
    }

    private static Predicate<byte[]> begins(String start) {
        var bytes = start.getBytes(ISO_8859_1);
        return head ->
                Arrays.equals(head, 0, Math.min(head.length, bytes.length), bytes, 0, bytes.length);
    }

    private static Predicate<byte[]> holds(String part) {
        return head -> text(head, 0, head.length).contains(part);
    }

    private static String text(byte[] head, int from, int to) {
        return from >= head.length
                ? ""
                : new String(head, from, Math.min(to, head.length) - from, ISO_8859_1);
    }

    private static boolean isBinary(byte[] head) {
        for (byte one : head) {
            if (one == 0) {
                return true;
            }
        }
        return false;
    }

    /** Every second byte of Latin text is 0, and hardly any of the others. */
    private static boolean isUtf16(byte[] head) {
        int[] zeros = new int[2];
        int looked = Math.min(head.length, 1024) & ~1;
        for (int index = 0; index < looked; index++) {
            zeros[index & 1] += head[index] == 0 ? 1 : 0;
        }
        int most = Math.max(zeros[0], zeros[1]);
        int least = Math.min(zeros[0], zeros[1]);
        return looked >= 4 && most * 10 >= looked / 2 * 9 && least * 10 <= looked / 2;
    }
}
