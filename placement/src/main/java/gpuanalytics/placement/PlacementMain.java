package gpuanalytics.placement;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.util.List;

/** The program: rehearses where GPU pods would go and ends. */
public final class PlacementMain {

    private PlacementMain() {}

    public static void main(String[] arguments) {
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8);
        var err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8);
        System.exit(RehearseCommand.run(List.of(arguments), out, err));
    }
}
