package gpuanalytics.local;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** The browser of whoever has started this. */
final class Browser {

    private Browser() {}

    /** Shows an address, where there is a browser to show it; else says that there is none. */
    static void open(String address, PrintStream err) {
        var command = command(System.getProperty("os.name"), address);
        try {
            new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            err.println("no browser was opened, for %s is not here".formatted(command.getFirst()));
        }
    }

    static List<String> command(String system, String address) {
        var name = system.toLowerCase(Locale.ROOT);
        if (name.contains("mac")) {
            return List.of("open", address);
        }
        return name.contains("windows")
                ? List.of("rundll32", "url.dll,FileProtocolHandler", address)
                : List.of("xdg-open", address);
    }
}
