package gpuanalytics.service.http;

import java.io.IOException;
import java.io.OutputStream;

/** The body of an answer. */
public sealed interface Body {

    /** Bytes that are at hand. */
    @SuppressWarnings("ArrayRecordComponent") // written once, sent once, never compared
    record Bytes(byte[] bytes) implements Body {}

    /**
     * A document that is written while the client reads it, so that only a part of it is in memory.
     * Needs a gate: writing blocks.
     *
     * @param isLong whether a client may take the read timeout for each part of it, and not for all
     *     of it
     */
    record Streamed(Writer writer, boolean isLong) implements Body {

        /** One that is read within the read timeout. */
        public Streamed(Writer writer) {
            this(writer, false);
        }
    }

    /**
     * A stream without an end that is foreseen, such as server-sent events: each flush reaches the
     * client at once. Needs a gate: its slots are the streams that may be open.
     */
    record Endless(Writer writer) implements Body {}

    /** Writes a body. Blocks while the client does not read. */
    interface Writer {

        /**
         * Writes it.
         *
         * @param out throws an {@link IOException} when the client is gone; need not be closed
         */
        void writeTo(OutputStream out) throws IOException, InterruptedException;
    }
}
