package gpuanalytics.processor.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.processor.rollup.LatencyBins;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RequestSpreadTest {

    @Test
    void aRequestOfAMinuteAndAHalfRanForAMinuteBeforeTheOneItEndedIn() {
        var spread = spread(1, 90_000);

        assertEquals(2.0 / 3, share(spread, 1), 1e-8);
        assertEquals(0, spread.share(2));
        assertEquals(0, spread.cutRequests());
    }

    @Test
    void shortRequestsAreNotSpread() {
        assertTrue(spread(3, 100, 20_000, 55_000).isNone());
    }

    @Test
    void onlyTheLongOnesAreSpreadAndTheOthersKeepTheirShare() {
        var spread = spread(2, 30_000, 120_000);

        // of 150 s, 90 lie before the minute: 60 s in the one before, 30 s in that before it
        assertEquals(0.4, share(spread, 1), 0.03);
        assertEquals(0.2, share(spread, 2), 0.03);
    }

    @Test
    void aRequestWithoutALatencyCountsAtItsEnd() {
        assertEquals(1.0 / 3, share(spread(2, 90_000), 1), 1e-8);
    }

    @Test
    void whatRanForLongerThanItIsSpreadIsMarkedAndTheRestCountsAtItsEnd() {
        var spread = spread(1, 3_600_000);

        assertEquals(1, spread.cutRequests());
        double spreadOut = 0;
        for (int back = 1; back <= RequestSpread.MINUTES; back++) {
            assertEquals(60 / 3600.0, share(spread, back), 1e-6);
            spreadOut += share(spread, back);
        }
        assertEquals(0.25, spreadOut, 1e-6);
    }

    private static double share(RequestSpread spread, int minutesBack) {
        return spread.share(minutesBack);
    }

    private static RequestSpread spread(long requests, double... latenciesMs) {
        var bins = new TreeMap<Integer, Long>();
        double sum = 0;
        for (double latency : latenciesMs) {
            bins.merge(LatencyBins.of(latency), 1L, Long::sum);
            sum += latency;
        }
        return RequestSpread.of(requests, sum, bins);
    }
}
