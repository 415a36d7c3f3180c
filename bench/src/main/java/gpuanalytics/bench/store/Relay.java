package gpuanalytics.bench.store;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** One client's connection to a store behind this one: requests and answers as they are. */
final class Relay implements AutoCloseable {

    private static final int BUFFER_BYTES = 256 << 10;
    private static final int OP_MSG = 2013;
    private static final int MORE_TO_COME = 2;
    private static final int HEADER_BYTES = 16;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private byte[] answer = new byte[4096];

    Relay(InetSocketAddress store) throws IOException {
        socket = new Socket(store.getAddress(), store.getPort());
        socket.setTcpNoDelay(true);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES));
        out = socket.getOutputStream();
    }

    /**
     * Asks the store what the client has asked, and gives the client its answer or answers.
     *
     * @param answered is run when the store has answered, before the client knows
     */
    void pass(WireMessage.Reader asked, boolean wantsReply, OutputStream client, Runnable answered)
            throws IOException {
        asked.copyTo(out);
        boolean isLast = !wantsReply;
        while (!isLast) {
            in.readFully(answer, 0, HEADER_BYTES);
            var header = ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN);
            int length = header.getInt(0);
            if (length < HEADER_BYTES + Integer.BYTES || length > WireMessage.MAX_BYTES) {
                throw new IOException("the store answers with %d bytes".formatted(length));
            }
            if (answer.length < length) {
                var longer = new byte[length];
                System.arraycopy(answer, 0, longer, 0, HEADER_BYTES);
                answer = longer;
                header = ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN);
            }
            in.readFully(answer, HEADER_BYTES, length - HEADER_BYTES);
            answered.run();
            client.write(answer, 0, length);
            client.flush();
            // a driver that watches a store asks once and is told whenever something has changed
            isLast =
                    header.getInt(12) != OP_MSG
                            || (header.getInt(HEADER_BYTES) & MORE_TO_COME) == 0;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
