package gpuanalytics.bench.contender;

import gpuanalytics.bench.process.ChildJvm;
import java.io.IOException;
import java.util.List;

/** One who races: a program that moves the records of the topics into the store. */
public sealed interface Contender permits Ours, Connector {

    /** Its name in results. */
    String name();

    /** The consumer group that it commits to. */
    String group(Stage stage);

    /** The collections that records come to, in the database of the stage. */
    List<String> collections(Stage stage);

    /** Starts it in a JVM of its own. */
    ChildJvm start(Stage stage) throws IOException;
}
