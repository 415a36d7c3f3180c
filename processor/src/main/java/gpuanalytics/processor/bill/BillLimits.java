package gpuanalytics.processor.bill;

import gpuanalytics.service.config.EnvironmentReader;

/**
 * How large a bill may be.
 *
 * @param maxBytes as it is sent, perhaps compressed
 * @param maxUnpackedBytes of its text
 */
public record BillLimits(int maxBytes, long maxUnpackedBytes) {

    private static final long MIB = 1 << 20;
    private static final long DEFAULT_MAX_BYTES = 16 * MIB;
    private static final long DEFAULT_MAX_UNPACKED_BYTES = 256 * MIB;

    public static BillLimits defaults() {
        return new BillLimits((int) DEFAULT_MAX_BYTES, DEFAULT_MAX_UNPACKED_BYTES);
    }

    /** Reads the variables; what is wrong with them is in the reader afterwards. */
    public static BillLimits read(EnvironmentReader reader) {
        return new BillLimits(
                (int)
                        reader.bytes(
                                "BILL_MAX_BYTES",
                                DEFAULT_MAX_BYTES,
                                1024,
                                1024 * MIB,
                                "How large the body of POST /reconcile may be, as it is sent"),
                reader.bytes(
                        "BILL_MAX_UNPACKED_BYTES",
                        DEFAULT_MAX_UNPACKED_BYTES,
                        1024,
                        64 * 1024 * MIB,
                        "How large the body of POST /reconcile may be when it is unpacked"));
    }
}
