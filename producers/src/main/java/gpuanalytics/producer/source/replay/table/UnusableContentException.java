package gpuanalytics.producer.source.replay.table;

import java.io.IOException;

/** A file that cannot be read as a trace; the message is worded to follow the file's name. */
public final class UnusableContentException extends IOException {
    private static final long serialVersionUID = 1L;

    public UnusableContentException(String problem) {
        super(problem);
    }
}
