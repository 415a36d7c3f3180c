package gpuanalytics.processor.api;

import gpuanalytics.processor.letter.Letter;
import gpuanalytics.processor.letter.Letters;
import java.time.Instant;
import java.util.List;
import java.util.function.IntFunction;

/** Two letters, one of a record and one of a door; answers as the test says. */
final class FakeLetters implements Letters {

    static final List<Letter> TWO =
            List.of(
                    new Letter(
                            "0/7",
                            Instant.parse("2026-01-31T11:59:59.123Z"),
                            "not_json",
                            "value is <b>, expected JSON",
                            "token.usage.v1",
                            3L,
                            41L,
                            2L,
                            null,
                            "<script>window.taken = 3</script>",
                            33L,
                            false),
                    new Letter(
                            "0/6",
                            null,
                            "too_large",
                            null,
                            "gpu.metrics.v1",
                            null,
                            null,
                            null,
                            "http",
                            "it's all of it",
                            5_000_000L,
                            true));

    /** The same letter about another value. */
    static Letter withValue(Letter usual, String value) {
        return new Letter(
                usual.letter(),
                usual.at(),
                usual.reason(),
                usual.detail(),
                usual.topic(),
                usual.partition(),
                usual.offset(),
                usual.item(),
                usual.door(),
                value,
                (long) value.length(),
                usual.cut());
    }

    volatile IntFunction<Newest> newest = _ -> new Newest(TWO, 9);

    @Override
    public Newest newest(int most) {
        return newest.apply(most);
    }
}
