package gpuanalytics.embedded.testing;

import gpuanalytics.embedded.EmbeddedBroker;
import gpuanalytics.embedded.EmbeddedStore;

/**
 * One broker and one store for all tests of this JVM, each started when it is first asked for and
 * closed when the JVM ends.
 *
 * <p>Tests keep apart by the names of their topics, groups and databases. Whoever stops a part,
 * harms it or counts what is in it starts one of their own.
 */
public final class SharedParts {

    private SharedParts() {}

    /** The broker that is shared. */
    public static EmbeddedBroker broker() {
        return Broker.SHARED;
    }

    /** The store that is shared, in memory. */
    public static EmbeddedStore store() {
        return Store.SHARED;
    }

    private static final class Broker {
        static final EmbeddedBroker SHARED = EmbeddedBroker.start();

        static {
            atTheEnd("broker", SHARED::close);
        }
    }

    private static final class Store {
        static final EmbeddedStore SHARED = EmbeddedStore.start();

        static {
            atTheEnd("store", SHARED::close);
        }
    }

    private static void atTheEnd(String part, Runnable close) {
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform().name("end-of-shared-" + part).unstarted(close));
    }
}
