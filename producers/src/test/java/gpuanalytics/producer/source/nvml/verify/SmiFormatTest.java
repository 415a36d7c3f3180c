package gpuanalytics.producer.source.nvml.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines that nvidia-smi 580.159.04 wrote on a machine with an H100. */
final class SmiFormatTest {

    @Test
    void readsALineOfAQuery() {
        var format =
                new SmiFormat.Query(
                        List.of("timestamp", "index", "power.draw", "fan.speed", "clocks.sm"));

        var row = format.parse("2026/11/27 22:55:23.321, 0, 702.20, [N/A], 1425");

        assertNotNull(row);
        assertEquals(Instant.parse("2026-11-27T22:55:23.321Z"), row.at());
        assertEquals(0, row.gpuIndex());
        assertEquals(702.2, row.number("power.draw"));
        assertNull(row.number("fan.speed"));
        assertNull(row.number("clocks.mem"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Unable to determine the device handle for GPU0000:00:06.0: GPU is lost.",
                "2026/11/27 22:55:23.321, 0",
                "2026/11/27 22:55:23.321, none, 702.20",
                "yesterday, 0, 702.20",
            })
    void whatIsNoLineOfAQueryIsNone(String line) {
        assertNull(new SmiFormat.Query(List.of("timestamp", "index", "power.draw")).parse(line));
    }

    @Test
    void readsALineOfDmonBelowItsHeader() {
        var format = new SmiFormat.Dmon();

        var header =
                format.parse(
                        "#Date        Time         gpu    pwr  gtemp     smutil     mmaact     "
                                + " pcitx ");
        var units =
                format.parse(
                        "#YYYYMMDD    HH:MM:SS     Idx      W      C      GPM:%      GPM:% "
                                + " GPM:MiB/s ");
        var first =
                format.parse(
                        " 20261127    22:55:17       0    520     62          -          -         "
                                + " - ");
        var later =
                format.parse(
                        " 20261127    22:55:21       0    689     62         92         89      "
                                + " 1114 ");

        assertNull(header);
        assertNull(units);
        assertNotNull(first);
        assertNull(first.number("smutil"));
        assertNotNull(later);
        assertEquals(Instant.parse("2026-11-27T22:55:21Z"), later.at());
        assertEquals(92.0, later.number("smutil"));
        assertEquals(1114.0, later.number("pcitx"));
    }
}
