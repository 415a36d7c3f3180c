package gpuanalytics.processor.consume;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.processor.consume.StartLookup.Known;
import java.util.Optional;
import org.junit.jupiter.api.Test;
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
        var known = committed < 0 ? Known.NOTHING : new Known(forTopic, Mark.at(committed));
        assertEquals(
                new PartitionStart("now", Mark.at(offset), lost, pastEnd),
                PartitionStart.of("now", known, earliest, end));
    }

    /** The log may have been cut far before its end of now; the client finds the place. */
    @Test
    void leavesAPositionPastTheEndToTheClientWhereItsEpochIsKnown() {
        var position = new Mark(25, Optional.of(3));

        assertEquals(
                new PartitionStart("now", position, 0, 0),
                PartitionStart.of("now", new Known("now", position), 5, 20));
    }

    @Test
    void tellsHowMuchWasReadBehindThePlaceWhereALogWasCut() {
        var kept = new Mark(15, Optional.of(3));

        assertEquals(
                new PartitionStart("now", kept, 0, 10),
                PartitionStart.of("now", new Known("now", kept, 10), 5, 20));
        assertEquals(
                new PartitionStart("now", Mark.at(5), 0, 20),
                PartitionStart.of("now", new Known("now", null, 25), 5, 20),
                "nothing is left of what was read");
        assertEquals(
                new PartitionStart("now", Mark.at(5), 0, 0),
                PartitionStart.of("now", new Known("old", kept, 10), 5, 20),
                "another topic's");
    }
}
