package gpuanalytics.processor.faults;

import gpuanalytics.embedded.Ports;
import gpuanalytics.embedded.testing.SharedParts;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a client and a real store, on the wire, and makes the faults that a test asks for
 * at exactly the command it names.
 */
public final class FaultyStore implements AutoCloseable {

    /** What becomes of a command. */
    public sealed interface Fault {

        /** The store does it, but the connection breaks before the answer. */
        record AnswerLost() implements Fault {}

        /** The connection breaks before the store has it. */
        record RequestLost() implements Fault {}

        /** It is not done; the answer is an error of the whole command. */
        record Refused(int code, String message) implements Fault {}

        /** These of its documents or updates fail with a code, the others are done. */
        record Partial(int code, Set<Integer> indexes) implements Fault {}

        /** All is done, and the answer says that no majority has it. */
        record NoMajority(int code) implements Fault {}

        /** The answer takes so long. */
        record Slow(long millis) implements Fault {}

        /** It is not done before the latch is open. */
        record Held(CountDownLatch latch) implements Fault {}
    }

    /** Tells what becomes of a command; null to pass it on. */
    public interface Rule {
        @Nullable Fault on(Command command);
    }

    /**
     * A command as it came.
     *
     * @param name its name, such as insert
     * @param collection the collection it is for; empty where there is none
     * @param identities of the documents that it brings, updates or asks for, in its order
     */
    public record Command(String name, String collection, List<String> identities) {

        /** How many documents or updates it brings. */
        public int documents() {
            return identities.size();
        }

        public boolean isWriteTo(String wanted) {
            return collection.equals(wanted) && (name.equals("insert") || name.equals("update"));
        }
    }

    private final InetSocketAddress target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<Command> seen = new CopyOnWriteArrayList<>();
    private final int port;
    private volatile Rule rule = _ -> null;
    private volatile @Nullable ServerSocket listener;

    /** Stands before the store at this port of loopback. */
    public FaultyStore(int storePort) {
        target = new InetSocketAddress(InetAddress.getLoopbackAddress(), storePort);
        try {
            port = listen(Ports.free());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stands before the store that the tests share. */
    public static FaultyStore beforeShared() {
        return new FaultyStore(SharedParts.store().port());
    }

    /** The address for clients. */
    public String url() {
        return "mongodb://127.0.0.1:" + port;
    }

    /** From now on this decides. */
    public void rule(Rule next) {
        rule = next;
    }

    /** The first command that fits suffers this, the others pass. */
    public void once(Predicate<Command> which, Fault fault) {
        times(1, which, fault);
    }

    /** The first few commands that fit suffer this, the others pass. */
    public void times(int count, Predicate<Command> which, Fault fault) {
        var left = new AtomicInteger(count);
        rule(command -> which.test(command) && left.getAndDecrement() > 0 ? fault : null);
    }

    /** The write commands so far, in the order they came. */
    public List<Command> writes() {
        return seen.stream()
                .filter(command -> command.name.equals("insert") || command.name.equals("update"))
                .toList();
    }

    /** The questions to a collection so far, in the order they came. */
    public List<Command> questions(String collection) {
        return seen.stream()
                .filter(command -> command.name.equals("find"))
                .filter(command -> command.collection.equals(collection))
                .toList();
    }

    /** Takes no connections any more and breaks those there are. */
    public void vanish() throws IOException {
        var open = listener;
        listener = null;
        if (open != null) {
            open.close();
        }
        for (var socket : sockets) {
            socket.close();
        }
    }

    /** Is there again. */
    public void comeBack() throws IOException {
        listen(port);
    }

    @Override
    public void close() {
        try {
            vanish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int listen(int wanted) throws IOException {
        var open = new ServerSocket();
        open.setReuseAddress(true);
        open.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
        listener = open;
        Thread.ofVirtual().name("faulty-store").start(() -> accept(open));
        return open.getLocalPort();
    }

    private void accept(ServerSocket open) {
        while (!open.isClosed()) {
            try {
                var client = open.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException ignored) {
                return; // vanished
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                var store = new Socket()) {
            store.connect(target);
            sockets.add(client);
            sockets.add(store);
            var fromClient = new DataInputStream(client.getInputStream());
            var fromStore = new DataInputStream(store.getInputStream());
            while (true) {
                var request = WireMessage.read(fromClient);
                var command = request.command();
                if (command != null) {
                    seen.add(command);
                }
                var fault = command == null ? null : rule.on(command);
                var answer = suffer(fault, request, store, fromStore);
                if (answer == null) {
                    return;
                }
                client.getOutputStream().write(answer);
            }
        } catch (EOFException | SocketException ignored) {
            // one side ended the connection
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            sockets.remove(client);
        }
    }

    /** The bytes of the answer, or null to break the connection. */
    private static byte @Nullable [] suffer(
            @Nullable Fault fault, WireMessage request, Socket store, DataInputStream fromStore)
            throws IOException {
        return switch (fault) {
            case null -> forward(request, store, fromStore).bytes();
            case Fault.AnswerLost() -> {
                forward(request, store, fromStore);
                yield null;
            }
            case Fault.RequestLost() -> null;
            case Fault.Refused(int code, String message) ->
                    request.answer(
                                    BsonDocument.parse(
                                            "{ok: 0.0, code: %d, codeName: 'X', errmsg: '%s'}"
                                                    .formatted(code, message)))
                            .bytes();
            case Fault.Partial(int code, var indexes) -> {
                var rest = request.without(indexes);
                var done =
                        rest.documents() == 0
                                ? request.answer(BsonDocument.parse("{ok: 1.0, n: 0}"))
                                : forward(rest, store, fromStore);
                yield request.answer(
                                done.body()
                                        .append(
                                                "writeErrors",
                                                errors(code, indexes, request, done)))
                        .bytes();
            }
            case Fault.NoMajority(int code) -> {
                var done = forward(request, store, fromStore);
                yield request.answer(
                                done.body()
                                        .append(
                                                "writeConcernError",
                                                BsonDocument.parse(
                                                        "{code: %d, errmsg: 'waiting for replication timed out'}"
                                                                .formatted(code))))
                        .bytes();
            }
            case Fault.Slow(long millis) -> {
                // the fault itself, not a wait of the test
                pass(() -> Thread.sleep(millis));
                yield forward(request, store, fromStore).bytes();
            }
            case Fault.Held(var latch) -> {
                pass(latch::await);
                yield forward(request, store, fromStore).bytes();
            }
        };
    }

    private interface Pause {
        void pass() throws InterruptedException;
    }

    private static void pass(Pause pause) {
        try {
            pause.pass();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The store's own errors with their indexes put right, and those that were asked for. */
    private static BsonArray errors(
            int code, Set<Integer> indexes, WireMessage request, WireMessage done) {
        var errors = new BsonArray();
        var kept =
                IntStream.range(0, request.documents())
                        .filter(index -> !indexes.contains(index))
                        .toArray();
        if (done.body().get("writeErrors") instanceof BsonArray own) {
            for (var error : own) {
                var document = error.asDocument();
                var index = kept[document.getInt32("index").getValue()];
                errors.add(document.clone().append("index", new BsonInt32(index)));
            }
        }
        for (var index : indexes) {
            errors.add(
                    BsonDocument.parse(
                            "{index: %d, code: %d, errmsg: 'asked for'}".formatted(index, code)));
        }
        return errors;
    }

    private static WireMessage forward(WireMessage request, Socket store, DataInputStream fromStore)
            throws IOException {
        store.getOutputStream().write(request.bytes());
        return WireMessage.read(fromStore);
    }
}
