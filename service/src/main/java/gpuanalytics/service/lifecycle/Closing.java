package gpuanalytics.service.lifecycle;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The closing of several parts. */
public final class Closing {

    private static final Logger log = LoggerFactory.getLogger(Closing.class);

    private Closing() {}

    /**
     * Closes parts one after the other; one that fails is logged and does not hold up the others.
     */
    public static void inOrder(AutoCloseable... parts) {
        inOrder(List.of(parts));
    }

    /**
     * Closes parts one after the other; one that fails is logged and does not hold up the others.
     */
    public static void inOrder(Iterable<? extends AutoCloseable> parts) {
        for (var part : parts) {
            try {
                part.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                log.atWarn().setCause(e).log("a part could not be closed, the others are");
            }
        }
    }
}
