package gpuanalytics.service.http;

import io.vertx.core.http.HttpConnection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open connections, of which there is a most. For one more, the connection is closed that has
 * been without a request for longest; where every one has a request, the new one is closed.
 */
final class Connections {

    private static final Logger log = LoggerFactory.getLogger(Connections.class);

    private final int most;

    /** Requests under way by connection, the one that was used last at the end. */
    private final Map<HttpConnection, Integer> requests = new LinkedHashMap<>();

    Connections(int most, HttpMetrics metrics) {
        this.most = most;
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
    }

    private boolean makeRoom() {
        for (var connection : requests.entrySet()) {
            if (connection.getValue() == 0) {
                requests.remove(connection.getKey());
                var _ = connection.getKey().close();
                return true;
            }
        }
        return false;
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
}
