package gpuanalytics.producer.source.synthetic;

/** What a GPU of the fleet is used for. */
enum GpuRole {
    /** Serves a language model; whatever it does comes from the requests it answers. */
    SERVING,
    /** Trains: busy, without tokens. */
    TRAINING,
    /** Allocated and its memory filled, hardly ever used: what its owner wastes. */
    HELD,
    /** Allocated to nobody. */
    FREE
}
