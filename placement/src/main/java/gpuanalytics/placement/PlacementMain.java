package gpuanalytics.placement;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.service.lifecycle.Program;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;

/**
 * The program: rehearses where GPU pods would go and ends. The sub-command {@code serve} answers
 * over HTTP until it is told to stop.
 */
public final class PlacementMain {

    static final String SERVE = "serve";

    private PlacementMain() {}

    public static void main(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals(SERVE)) {
            var rest = Arrays.copyOfRange(arguments, 1, arguments.length);
            System.exit(server().run(rest, System.getenv()));
        }
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
        var err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8);
        System.exit(RehearseCommand.run(List.of(arguments), out, err));
    }

    private static Program<PlacementConfig> server() {
        return new Program<>(
                "placement",
                "where GPU pods should go, over HTTP. Without serve it rehearses once, see --help.",
                PlacementConfig::read,
                Placement::start);
    }
}
