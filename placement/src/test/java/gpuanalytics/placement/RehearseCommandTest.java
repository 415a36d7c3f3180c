package gpuanalytics.placement;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.embedded.testing.JavaProcess;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RehearseCommandTest {

    private static final String NODES = "sn,cpu_milli,memory_mib,gpu,model\nn,8000,9000,4,T4\n";
    private static final String PODS = "num_gpu,memory_mib,cpu_milli\n1,10,100\n";

    @TempDir Path directory;

    private record Run(int exitCode, String out, String err) {}

    private static Run run(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int code =
                RehearseCommand.run(
                        List.of(arguments),
                        new PrintStream(out, true, UTF_8),
                        new PrintStream(err, true, UTF_8));
        return new Run(code, out.toString(UTF_8), err.toString(UTF_8));
    }

    private Run rehearse(String nodes, String pods) throws IOException {
        return run(
                "--nodes",
                Files.writeString(directory.resolve("n.csv"), nodes).toString(),
                "--pods",
                Files.writeString(directory.resolve("p.csv"), pods).toString(),
                "--json");
    }

    @Test
    void theExampleGivesALineOfJsonPerPolicyAndNothingElse() throws Exception {
        var arguments = List.of("--policy", "fgd-best-fit,best-fit", "--seeds", "2", "--json");
        try (var process = JavaProcess.start(PlacementMain.class, List.of(), arguments)) {
            assertEquals(0, process.awaitExit(Duration.ofMinutes(1)));
            var number = "-?[0-9]+\\.[0-9]+";
            var points =
                    "\\{\"80\":N,\"90\":N,\"95\":N,\"100\":N,\"130\":N\\}".replace("N", number);
            var line =
                    "\\{\"policy\":\"%s\",\"seeds\":2,\"allocated_pct\":"
                            + points
                            + ",\"sd\":"
                            + points
                            + ",\"fragmented_pct\":"
                            + points
                            + ",\"fragmented_sd\":"
                            + points
                            + ",\"freed_gpus\":\\{\"mean\":N,\"sd\":N\\}\\}".replace("N", number);

            assertEquals(2, process.output().size(), process.output().toString());
            assertTrue(
                    Pattern.matches(line.formatted("fgd-best-fit"), process.output().getFirst()));
            assertTrue(Pattern.matches(line.formatted("best-fit"), process.output().getLast()));
        }
    }

    @Test
    void aWhatIfIsPricedByModelAndDrawn() throws Exception {
        var book =
                Files.writeString(
                        directory.resolve("prices.yaml"),
                        """
                        gpus:
                          - {model: T4, prices: [{usd_per_hour: 2, effective_from: 2026-01-01}]}
                        """);
        var picture = directory.resolve("curves.svg");
        var run =
                run(
                        "--policy",
                        "fgd-best-fit,best-fit",
                        "--seeds",
                        "1",
                        "--add-nodes",
                        "2:T4x2",
                        "--remove-nodes",
                        "1:A100",
                        "--replace-gpus",
                        "L4=A10",
                        "--price-book",
                        book.toString(),
                        "--svg",
                        picture.toString());

        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().startsWith("61 nodes with 292 GPUs"), run.out());
        assertTrue(run.out().contains(", and USD a month:"), run.out());
        assertTrue(run.out().contains("and not in these USD: A100, A10"), run.out());
        var curves =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(picture.toFile())
                        .getElementsByTagName("polyline");
        assertEquals(4, curves.getLength());
    }

    @Test
    void theSameSeedGivesTheSameResult() {
        assertEquals(
                run("--seeds", "2", "--ties", "random", "--csv"),
                run("--seeds", "2", "--ties", "random", "--csv"));
    }

    @Test
    void timesSpecsAndClassesMayBeMissingAndColumnsStandInAnyOrder() throws IOException {
        assertEquals(0, rehearse(NODES, PODS).exitCode());
    }

    @Test
    void aBadRowIsLeftOutWithItsLineColumnValueAndExpectation() throws IOException {
        var run = rehearse(NODES, PODS + "1,10,many\n");

        assertEquals(3, run.exitCode());
        assertTrue(
                run.err()
                        .endsWith(
                                "p.csv line 3: cpu_milli is many, expected a whole number from 0 to"
                                        + " 10000000; the row is left out\n"),
                run.err());
        assertTrue(run.out().startsWith("{\"policy\":\"fgd-best-fit\""), run.out());
    }

    @Test
    void aMissingColumnIsNamed() throws IOException {
        var run = rehearse("cpu_milli,gpu\n1,2\n", PODS);

        assertEquals(2, run.exitCode());
        assertTrue(run.err().contains("n.csv line 1: column memory_mib is missing"), run.err());
    }

    @Test
    void podsThatAskForNoGpuAreRefused() throws IOException {
        var run = rehearse(NODES, "num_gpu,memory_mib,cpu_milli\n0,10,100\n");

        assertEquals(2, run.exitCode());
        assertEquals("num_gpu is 0 in all of 1 pods, expected pods that ask for GPUs\n", run.err());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "--policy best;--policy is best, expected one of",
                "--seeds 0;--seeds is 0, expected a whole number from 1 to 1000",
                "--ties none;--ties is none, expected first or random",
                "--nodes none.csv;one of --nodes and --pods is missing, expected both",
                "--nodes none.csv --pods none.csv;none.csv cannot be read, expected a CSV file",
                "--price;--price is the last word, expected a value behind it",
                "--policy fgd --present random;--present is random, expected one of --policy",
                "--add-nodes A100;--add-nodes is A100, expected COUNT:MODELxGPUS",
                "--remove-nodes A100;--remove-nodes is A100, expected COUNT:MODEL or",
                "--replace-gpus A100;--replace-gpus is A100, expected MODEL=MODEL",
                "--price 1 --price-book b;--price, --price-book and --prices-from are there"
                        + " together",
                "--market black;--market is black, expected one of on_demand, spot, reserved",
                "--cluster http://127.0.0.1:1;http://127.0.0.1:1/gpu/info?max_age=168h is"
                        + " ConnectException",
                "--prices-from here;here/prices is no URL, expected http://host:port",
                "--what;--what is no option"
            })
    void aBadOptionIsOneLine(String arguments, String expected) {
        var run = run(arguments.split(" ", -1));

        assertEquals(2, run.exitCode());
        assertTrue(run.err().startsWith(expected), run.err());
        assertEquals(1, run.err().lines().count());
    }
}
