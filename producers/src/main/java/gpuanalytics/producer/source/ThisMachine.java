package gpuanalytics.producer.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine that this process runs on. */
public final class ThisMachine {

    private ThisMachine() {}

    /**
     * Its name as the kernel has it: nobody is asked, for that could take long where names do not
     * resolve.
     */
    public static String name() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException ignored) {
            return "localhost"; // not Linux
        }
    }
}
