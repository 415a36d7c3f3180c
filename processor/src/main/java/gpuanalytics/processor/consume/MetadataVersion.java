package gpuanalytics.processor.consume;

import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;

/**
 * Counts how often the client learnt of the cluster. Between two counts it fetches from the same
 * topics, for it knows no other ids of theirs. A deserializer is one of the objects that a client
 * tells.
 */
final class MetadataVersion extends ByteBufferDeserializer implements ClusterResourceListener {

    private volatile long version;

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // the client tells under a lock of its own
    public void onUpdate(ClusterResource cluster) {
        version++;
    }

    long get() {
        return version;
    }
}
