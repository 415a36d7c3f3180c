package gpuanalytics.producer.source.synthetic.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateRecordTest {

    @Test
    void readsWhatItWrites() {
        for (double rate : new double[] {0.1, 200, 1_000_000, 1e7}) {
            var record = new RateRecord(rate, 200);
            assertEquals(Optional.of(record), RateRecord.parse(record.bytes()));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "5",
                "{}",
                "{\"rate\":\"5\",\"configured\":1}",
                "{\"rate\":5}",
                "{\"rate\":-5,\"configured\":1}",
                "{\"rate\":",
                "\u0000"
            })
    void anythingElseIsNoChange(String value) {
        assertEquals(Optional.empty(), RateRecord.parse(value.getBytes(UTF_8)));
    }
}
