package gpuanalytics.service.http;

import io.vertx.core.http.HttpConnection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open connections, of which there is a most. For one more, the connection is closed that has
 * been without a request for longest; where every one has a request, the one whose bodies have been
 * on their way for longest; where every one is being answered, the new one is closed.
 */
final class Connections {

    private static final Logger log = LoggerFactory.getLogger(Connections.class);

    private final int most;
    private final HttpMetrics metrics;

    /** Requests under way by connection, the one that was used last at the end. */
    private final Map<HttpConnection, Integer> requests = new LinkedHashMap<>();

    /**
     * Requests whose bodies have not come whole by connection, the one that began first in front.
     */
    private final Map<HttpConnection, Integer> sending = new LinkedHashMap<>();

    Connections(int most, HttpMetrics metrics) {
        this.most = most;
        this.metrics = metrics;
        metrics.connections(this, Connections::open);
    }

    synchronized int open() {
        return requests.size();
    }

    /** A connection was opened. */
    synchronized void opened(HttpConnection connection) {
        if (requests.size() >= most && !makeRoom()) {
            log.atDebug().addKeyValue("client", connection.remoteAddress()).log("too many");
            var _ = connection.close();
            return;
        }
        requests.put(connection, 0);
        connection.closeHandler(_ -> closed(connection));
    }

    private synchronized void closed(HttpConnection connection) {
        requests.remove(connection);
        sending.remove(connection);
    }

    private boolean makeRoom() {
        for (var connection : requests.entrySet()) {
            if (connection.getValue() == 0) {
                close(connection.getKey());
                return true;
            }
        }
        // bodies of those who mean well are there in no time, so this is one who does not
        for (var connection : sending.entrySet()) {
            if (connection.getValue().equals(requests.get(connection.getKey()))) {
                metrics.cutOff().increment();
                close(connection.getKey());
                return true;
            }
        }
        return false;
    }

    private void close(HttpConnection connection) {
        closed(connection);
        var _ = connection.close();
    }

    /** A request has begun. */
    synchronized void begun(HttpConnection connection) {
        var underWay = requests.remove(connection);
        if (underWay != null) {
            requests.put(connection, underWay + 1);
        }
    }

    /** A request has ended. */
    synchronized void ended(HttpConnection connection) {
        requests.computeIfPresent(connection, (_, underWay) -> underWay - 1);
    }

    /**
     * A request's body is on its way.
     *
     * @return tells that it is there or does not matter any more; but the first time it does
     *     nothing
     */
    synchronized Runnable sending(HttpConnection connection) {
        if (requests.containsKey(connection)) {
            sending.merge(connection, 1, Integer::sum);
        }
        var told = new AtomicBoolean();
        return () -> {
            if (told.compareAndSet(false, true)) {
                sent(connection);
            }
        };
    }

    private synchronized void sent(HttpConnection connection) {
        sending.computeIfPresent(connection, (_, bodies) -> bodies == 1 ? null : bodies - 1);
    }
}
