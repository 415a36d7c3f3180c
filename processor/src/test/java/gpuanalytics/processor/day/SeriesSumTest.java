package gpuanalytics.processor.day;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;

class SeriesSumTest {

    private static final Instant DAY = Instant.ofEpochSecond(86_400);

    @Test
    void sumsAddUpAndLimitsStayLimits() {
        var sum = new SeriesSum(DAY, "llama|ads");

        sum.add(
                BsonDocument.parse(
                        """
                        {_id: "90000|llama|ads", bucket: {$date: 90000000}, model: "llama", folded: ["user"],
                         requests: {$numberLong: "3"}, wm: {t_0: {$numberLong: "9"}},
                         stored_at: {$date: 1}, created_at: {$date: 1},
                         latency_ms: {n: {$numberLong: "2"}, sum_micro: {$numberLong: "30"},
                                      min: 1.5, max: 2.5, bins: {"7": {$numberLong: "2"}}}}
                        """));
        sum.add(
                BsonDocument.parse(
                        """
                        {_id: "93600|llama|ads", bucket: {$date: 93600000}, model: "llama", folded: ["user"],
                         requests: 4, errors: {$numberLong: "1"},
                         latency_ms: {n: {$numberLong: "1"}, sum_micro: {$numberLong: "5"},
                                      min: 0.5, max: 0.5,
                                      bins: {"3": {$numberLong: "1"}, "7": {$numberLong: "1"}}}}
                        """));

        assertEquals(
                BsonDocument.parse(
                        """
                        {_id: "86400|llama|ads", bucket: {$date: 86400000}, model: "llama", folded: ["user"],
                         requests: {$numberLong: "7"},
                         latency_ms: {n: {$numberLong: "3"}, sum_micro: {$numberLong: "35"},
                                      min: 0.5, max: 2.5,
                                      bins: {"7": {$numberLong: "3"}, "3": {$numberLong: "1"}}},
                         errors: {$numberLong: "1"}}
                        """),
                sum.document());
    }

    @Test
    void aSumThatLeaves64BitsIsNone() {
        var sum = new SeriesSum(DAY, "llama");
        var most =
                BsonDocument.parse(
                        "{prompt_tokens: {sum: {$numberLong: \"" + Long.MAX_VALUE + "\"}}}");
        sum.add(most);

        assertThrows(ArithmeticException.class, () -> sum.add(most));
    }
}
