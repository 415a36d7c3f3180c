package gpuanalytics.bench.store;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.bson.BsonArray;
import org.bson.BsonDateTime;
import org.bson.BsonDocument;
import org.bson.BsonString;
import org.bson.BsonValue;
import org.jspecify.annotations.Nullable;

/**
 * A server of MongoDB's protocol that takes every write, counts it, waits if told to, and
 * acknowledges it. Nothing is stored, and reads find nothing, but the names of GPUs: who writes
 * those reads them again, and would write them for ever. So what a client does with it is the
 * client's own cost.
 *
 * <p>Before a store that stores it counts what that one acknowledges, and answers as that one does.
 */
public final class AckStore implements AutoCloseable {

    /** Where events go as they came: our two collections and the connector's one. */
    private static final Set<String> RAW = Set.of("gpu_metrics", "token_usage", "raw");

    /** The one collection that is kept. */
    private static final String KEPT = "gpu_names";

    private static final int BACKLOG = 64;
    private static final int BUFFER_BYTES = 256 << 10;

    private static final Set<String> WRITES = Set.of("insert", "update", "delete", "bulkWrite");

    private final ServerSocket server;
    private final @Nullable InetSocketAddress behind;
    private final StoreReplies replies;
    private final StoreCounter counter = new StoreCounter();
    private final KeptDocuments kept = new KeptDocuments();
    private volatile Duration delay = Duration.ZERO;
    private volatile int sampleEvery;

    private AckStore(ServerSocket server, @Nullable InetSocketAddress behind) {
        this.server = server;
        this.behind = behind;
        this.replies = new StoreReplies("127.0.0.1:" + server.getLocalPort());
    }

    /** Starts one on a free port of loopback. */
    public static AckStore start() throws IOException {
        return start(null);
    }

    /** The same before a store that stores. */
    public static AckStore before(InetSocketAddress behind) throws IOException {
        return start(behind);
    }

    private static AckStore start(@Nullable InetSocketAddress behind) throws IOException {
        var loopback = InetAddress.getLoopbackAddress();
        var store = new AckStore(new ServerSocket(0, BACKLOG, loopback), behind);
        Thread.ofPlatform().daemon().name("accept").start(store::accept);
        return store;
    }

    /** Where it listens. */
    public int port() {
        return server.getLocalPort();
    }

    /** How long every write takes from now on. */
    public void delay(Duration each) {
        this.delay = each;
    }

    /** Of every how many raw documents one's age is noted; 0 for none. */
    public void sampleEvery(int documents) {
        this.sampleEvery = documents;
    }

    /** Forgets what was counted and what was kept. */
    public void reset() {
        counter.reset();
        kept.clear();
    }

    /**
     * What was counted so far.
     *
     * @param withLatencies false leaves the ages out
     */
    public StoreCounts counts(boolean withLatencies) {
        return counter.counts(withLatencies);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                Thread.ofPlatform().daemon().name("connection").start(() -> serve(socket));
            } catch (IOException _) {
                return; // closed
            }
        }
    }

    private void serve(Socket socket) {
        try (socket;
                var in =
                        new DataInputStream(
                                new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES))) {
            socket.setTcpNoDelay(true);
            if (behind == null) {
                answer(new WireMessage.Reader(in), socket.getOutputStream());
            } else {
                pass(new WireMessage.Reader(in), socket.getOutputStream(), behind);
            }
        } catch (IOException e) {
            if (!socket.isClosed()) {
                System.err.println("connection ends: " + e);
            }
        }
    }

    private void answer(WireMessage.Reader reader, OutputStream out) throws IOException {
        for (var message = reader.next(); message != null; message = reader.next()) {
            var reply = reply(message);
            if (message.wantsReply()) {
                message.answer(out, reply);
            }
        }
    }

    private void pass(WireMessage.Reader reader, OutputStream out, InetSocketAddress store)
            throws IOException {
        try (var relay = new Relay(store)) {
            for (var message = reader.next(); message != null; message = reader.next()) {
                var name = message.command().getFirstKey();
                if (WRITES.contains(name)) {
                    var write = message;
                    arrives(name, write);
                    relay.pass(reader, write.wantsReply(), out, () -> acknowledges(name, write));
                } else {
                    relay.pass(reader, message.wantsReply(), out, () -> {});
                }
            }
        }
    }

    private BsonDocument reply(WireMessage message) {
        var name = message.command().getFirstKey();
        return switch (name) {
            case "hello", "isMaster", "ismaster" -> replies.hello();
            case "insert", "delete" -> replies.written(write(name, message));
            case "update" -> update(message);
            case "bulkWrite" -> replies.bulkWritten(write(name, message));
            case "find" ->
                    replies.cursor(
                            namespace(message.command(), name),
                            isKept(message, name) ? kept.find(message.command()) : new BsonArray());
            case "aggregate", "listIndexes", "listCollections" ->
                    replies.cursor(namespace(message.command(), name), new BsonArray());
            case "createIndexes", "dropIndexes" -> replies.indexed();
            case "findAndModify", "findandmodify" -> replies.modified();
            case "count" -> replies.written(isKept(message, name) ? kept.count() : 0);
            case "distinct" -> replies.values();
            case "ping", "endSessions", "collMod", "create", "killCursors" -> replies.done();
            default -> {
                counter.isUnknown(name);
                yield replies.unknown(name);
            }
        };
    }

    private BsonDocument update(WireMessage message) {
        var made =
                isKept(message, "update") && message.sequence() != null
                        ? kept.upsert(message.sequence())
                        : new BsonArray();
        return replies.updated(write("update", message), made);
    }

    private static boolean isKept(WireMessage message, String name) {
        return new BsonString(KEPT).equals(message.command().get(name));
    }

    /** Counts a write, waits as long as writes take, and returns how many documents it had. */
    private int write(String name, WireMessage message) {
        arrives(name, message);
        pause();
        return acknowledges(name, message);
    }

    private static String collection(String name, WireMessage message) {
        var target = message.command().get(name);
        return target != null && target.isString() ? target.asString().getValue() : "*";
    }

    private void arrives(String name, WireMessage message) {
        if (RAW.contains(collection(name, message))) {
            counter.rawArrives(System.nanoTime());
        }
    }

    private int acknowledges(String name, WireMessage message) {
        var collection = collection(name, message);
        var isRaw = RAW.contains(collection);
        int documents = message.sequence() == null ? 0 : message.sequence().count();
        if (isRaw && sampleEvery > 0) {
            noteAges(message);
        }
        counter.acknowledges(
                name + " " + collection, isRaw, documents, message.bytes(), System.nanoTime());
        return documents;
    }

    private void pause() {
        long until = System.nanoTime() + delay.toNanos();
        for (long left = delay.toNanos(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private void noteAges(WireMessage message) {
        var sequence = message.sequence();
        if (sequence == null) {
            return;
        }
        var now = Instant.now();
        for (int number = 0; number < sequence.count(); number += sampleEvery) {
            var written = time(event(sequence.document(number)));
            counter.took(Duration.between(written, now).toNanos() / 1000);
        }
    }

    /** The document itself, or the one by which an update replaces another. */
    private static BsonDocument event(BsonDocument written) {
        return written.containsKey("u") ? written.getDocument("u") : written;
    }

    /** When the event was, in our documents (a date and nanoseconds) or the connector's (text). */
    private static Instant time(BsonDocument document) {
        var ts = document.get("ts");
        return switch (ts) {
            case BsonDateTime date ->
                    Instant.ofEpochMilli(date.getValue())
                            .plusNanos(
                                    document.containsKey("ts_nanos")
                                            ? document.getNumber("ts_nanos").longValue()
                                            : 0);
            case BsonString text -> Instant.parse(text.getValue());
            case null, default ->
                    throw new IllegalStateException("ts is %s, expected a time".formatted(ts));
        };
    }

    private static String namespace(BsonDocument command, String name) {
        BsonValue collection = command.get(name);
        var database = command.containsKey("$db") ? command.getString("$db").getValue() : "admin";
        return database
                + "."
                + (collection != null && collection.isString()
                        ? collection.asString().getValue()
                        : "$cmd." + name);
    }
}
