package gpuanalytics.processor.consume;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartitionStartTest {

    @ParameterizedTest
    @CsvSource({
        // committed, for topic, earliest, end -> offset, lost, past the end
        "-1, '',  5, 20,  5, 0, 0", // never read: from the first record there is
        "10, now, 5, 20, 10, 0, 0",
        "10, '',  5, 20, 10, 0, 0", // committed by another program
        "20, now, 5, 20, 20, 0, 0", // all is read
        "3,  now, 5, 20,  5, 2, 0", // retention was faster
        "25, now, 5, 20, 20, 0, 5", // the broker has lost records
        "10, old, 0, 20,  0, 0, 0", // a topic of that name was deleted
        "25, old, 0, 20,  0, 0, 0",
    })
    void beginsWhereNothingIsSkippedUnseen(
            long committed,
            String forTopic,
            long earliest,
            long end,
            long offset,
            long lost,
            long pastEnd) {
        assertEquals(
                new PartitionStart("now", offset, lost, pastEnd),
                PartitionStart.of("now", committed, forTopic, earliest, end));
    }
}
