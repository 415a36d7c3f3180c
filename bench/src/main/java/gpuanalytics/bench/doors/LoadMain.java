package gpuanalytics.bench.doors;

import gpuanalytics.bench.command.CommandLine;
import java.io.PrintStream;
import java.util.List;

/** Load for the doors; the status is 0 where all that was acknowledged is stored, once. */
public final class LoadMain {

    private LoadMain() {}

    public static void main(String[] arguments) {
        System.exit(run(arguments, System.out, System.err));
    }

    /** Runs it, and tells the exit status. */
    public static int run(String[] arguments, PrintStream out, PrintStream err) {
        if (List.of(arguments).contains("--help")) {
            out.print(LoadOptions.HELP);
            return 0;
        }
        return CommandLine.status(
                err, () -> new LoadRun(LoadOptions.parse(arguments), out, err).run());
    }
}
