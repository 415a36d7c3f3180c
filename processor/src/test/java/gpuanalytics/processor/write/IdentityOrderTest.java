package gpuanalytics.processor.write;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.TokenUsage;
import gpuanalytics.processor.consume.TestRows;
import gpuanalytics.processor.write.Insertion.Pending;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdentityOrderTest {

    private final TestRows rows = new TestRows(EventTopic.TOKEN_USAGE, "topic-a", 0);

    /** Ids that begin alike or not, are short, empty behind the beginning, equal, or in Greek. */
    @Test
    void rowsComeInTheOrderOfTheirIdentitiesWhateverTheseLookLike() {
        var seed = new Random().nextLong();
        var random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            var pending = new ArrayList<Pending>();
            var prefix = text(random, random.nextInt(12));
            for (int i = random.nextInt(60); i > 0; i--) {
                pending.add(pending(i, prefix + text(random, random.nextInt(10))));
            }
            var expected = new ArrayList<>(pending);
            expected.sort(Comparator.comparing(each -> each.row().id()));

            assertEquals(ids(expected), ids(IdentityOrder.sorted(pending)), "seed " + seed);
            assertEquals(expected.size(), IdentityOrder.sorted(pending).size());
        }
    }

    private static List<String> ids(List<Pending> rows) {
        return rows.stream().map(each -> each.row().id()).toList();
    }

    private static String text(Random random, int chars) {
        var letters = "ab0~\u03b1\u03b2";
        var text = new StringBuilder("x");
        for (int i = 0; i < chars; i++) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    private Pending pending(int index, String requestId) {
        Event event =
                TokenUsage.builder()
                        .set(TokenUsage.TS, Instant.parse("2026-01-31T12:00:00Z"))
                        .set(TokenUsage.REQUEST_ID, requestId)
                        .set(TokenUsage.MODEL, "llama")
                        .set(TokenUsage.PROMPT_TOKENS, 1L)
                        .build();
        return new Pending(index, rows.next(event));
    }
}
