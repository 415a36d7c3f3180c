package gpuanalytics.event;

import gpuanalytics.event.Decoded.Rejected;
import java.io.IOException;

/** A rejection on its way out of the parsing methods; {@link EventCodec} makes it a value. */
final class RejectedException extends IOException {

    private static final long serialVersionUID = 1L;

    private final transient Rejected rejected;

    RejectedException(RejectReason reason, String detail) {
        this(new Rejected(reason, detail));
    }

    RejectedException(Rejected rejected) {
        super(rejected.detail());
        this.rejected = rejected;
    }

    Rejected rejected() {
        return rejected;
    }

    /** A bad record may come in thousands a second, and nobody looks at where it was rejected. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
