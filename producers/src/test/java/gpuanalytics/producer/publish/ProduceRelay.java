package gpuanalytics.producer.publish;

import gpuanalytics.embedded.testing.Relay;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Passes requests and answers between clients and a broker. The first produce request arrives
 * damaged, so that the broker refuses it for now, and its answer waits until the client has sent a
 * second one or had the time to.
 */
final class ProduceRelay implements AutoCloseable {

    private static final short PRODUCE = 0;

    /** From the end of a request into the bytes of its last record. */
    private static final int INTO_RECORD_BYTES = 8;

    private static final long SECOND_WITHIN_MS = 1000;

    private final Relay relay;
    private final CountDownLatch first = new CountDownLatch(1);
    private final CountDownLatch second = new CountDownLatch(1);
    private volatile int damaged = -1;

    ProduceRelay(ServerSocket clients, int brokerPort) {
        this.relay = Messages.relay(clients, brokerPort, this::request, this::answer);
    }

    /** Waits until the first produce request is under way. */
    void awaitFirst() throws InterruptedException {
        first.await();
    }

    @Override
    public void close() throws IOException {
        relay.close();
    }

    private void request(byte[] message) {
        var header = ByteBuffer.wrap(message);
        if (header.getShort() != PRODUCE) {
            return;
        }
        if (first.getCount() == 0) {
            second.countDown();
            return;
        }
        damaged = header.getInt(Integer.BYTES);
        message[message.length - INTO_RECORD_BYTES] ^= 1;
        first.countDown();
    }

    private void answer(byte[] message) throws InterruptedException {
        if (first.getCount() == 0 && ByteBuffer.wrap(message).getInt() == damaged) {
            var _ = second.await(SECOND_WITHIN_MS, TimeUnit.MILLISECONDS);
        }
    }
}
