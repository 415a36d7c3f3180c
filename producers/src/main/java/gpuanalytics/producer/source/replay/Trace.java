package gpuanalytics.producer.source.replay;

import gpuanalytics.event.Event;
import org.jspecify.annotations.Nullable;

/** The events of one trace, as the trace tells them. */
interface Trace extends AutoCloseable {

    /** What kind of trace it is; times of one kind are on one clock. */
    TraceFormat format();

    /** The next event, or null at the end. */
    @Nullable Event next();

    @Override
    void close();
}
