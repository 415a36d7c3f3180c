package gpuanalytics.bench.doors;

/** A client of one door. Any thread may use it. */
interface DoorClient extends AutoCloseable {

    /** Tells the door a call, and waits for the answer. */
    Answer tell(long call) throws InterruptedException;

    @Override
    void close();
}
