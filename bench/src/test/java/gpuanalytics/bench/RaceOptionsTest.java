package gpuanalytics.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.bench.load.Workload;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RaceOptionsTest {

    @Test
    void racesEverythingByDefault() {
        var options = RaceOptions.parse(new String[0]);
        assertEquals(List.of(Workload.values()), options.workloads());
        assertEquals(Set.of("ours", "connector-defaults", "connector-tuned"), options.only());
        assertEquals(List.of(0, 5), options.delaysMillis());
        assertEquals(3, options.rounds());
    }

    @Test
    void takesWhatIsSaidLast() {
        var options =
                RaceOptions.parse(
                        new String[] {
                            "--workload", "b", "--workload", "d,F", "--jfr", "--env", "A=1=2"
                        });
        assertEquals(List.of(Workload.D, Workload.F), options.workloads());
        assertEquals(Map.of("A", "1=2"), options.settings());
        assertTrue(options.recording());
    }

    @Test
    void runsSomeWorkloadsOnceOnly() {
        var options = RaceOptions.parse(new String[] {"--once", "a,C", "--rounds", "3"});
        assertEquals(1, options.rounds(Workload.A));
        assertEquals(1, options.rounds(Workload.C));
        assertEquals(3, options.rounds(Workload.B));
        assertEquals(List.of(0), options.delaysMillis(Workload.A));
        assertEquals(List.of(0, 5), options.delaysMillis(Workload.B));
        var none = RaceOptions.parse(new String[] {"--once", "a", "--rounds", "0"});
        assertEquals(0, none.rounds(Workload.A));
    }

    @Test
    void namesWhatItDoesNotKnow() {
        for (var wrong :
                List.of(
                        List.of("--speed", "9"),
                        List.of("--workload", "x"),
                        List.of("--once", "x"),
                        List.of("--only", "kafka"),
                        List.of("--rounds", "many"),
                        List.of("--records", "0"),
                        List.of("--rounds"),
                        List.of("--env", "A"))) {
            var failure =
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> RaceOptions.parse(wrong.toArray(String[]::new)));
            var message = failure.getMessage();
            assertTrue(message != null && message.contains(wrong.getFirst()), message);
        }
    }
}
