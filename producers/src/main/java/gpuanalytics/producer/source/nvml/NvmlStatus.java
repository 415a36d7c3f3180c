package gpuanalytics.producer.source.nvml;

/** What a call of the library came to: {@code nvmlReturn_t}, and what it means for a reading. */
enum NvmlStatus {
    SUCCESS(0, Meaning.GIVEN),
    UNINITIALIZED(1, Meaning.DRIVER_GONE),
    INVALID_ARGUMENT(2, Meaning.ABSENT),
    NOT_SUPPORTED(3, Meaning.ABSENT),
    NO_PERMISSION(4, Meaning.ABSENT),
    ALREADY_INITIALIZED(5, Meaning.ABSENT),
    NOT_FOUND(6, Meaning.ABSENT),
    INSUFFICIENT_SIZE(7, Meaning.ABSENT),
    INSUFFICIENT_POWER(8, Meaning.DEVICE_LOST),
    DRIVER_NOT_LOADED(9, Meaning.DRIVER_GONE),
    TIMEOUT(10, Meaning.ABSENT),
    IRQ_ISSUE(11, Meaning.DEVICE_LOST),
    LIBRARY_NOT_FOUND(12, Meaning.DRIVER_GONE),
    FUNCTION_NOT_FOUND(13, Meaning.ABSENT),
    CORRUPTED_INFOROM(14, Meaning.ABSENT),
    GPU_IS_LOST(15, Meaning.DEVICE_LOST),
    RESET_REQUIRED(16, Meaning.DEVICE_LOST),
    OPERATING_SYSTEM(17, Meaning.ABSENT),
    LIB_RM_VERSION_MISMATCH(18, Meaning.DRIVER_GONE),
    IN_USE(19, Meaning.ABSENT),
    MEMORY(20, Meaning.ABSENT),
    NO_DATA(21, Meaning.ABSENT),
    VGPU_ECC_NOT_SUPPORTED(22, Meaning.ABSENT),
    INSUFFICIENT_RESOURCES(23, Meaning.ABSENT),
    FREQ_NOT_SUPPORTED(24, Meaning.ABSENT),
    ARGUMENT_VERSION_MISMATCH(25, Meaning.ABSENT),
    DEPRECATED(26, Meaning.ABSENT),
    NOT_READY(27, Meaning.ABSENT),
    GPU_NOT_FOUND(28, Meaning.DEVICE_LOST),
    INVALID_STATE(29, Meaning.ABSENT),
    RESET_TYPE_NOT_SUPPORTED(30, Meaning.ABSENT),
    UNKNOWN(999, Meaning.ABSENT);

    /** What becomes of a reading. */
    enum Meaning {
        /** There is a value. */
        GIVEN,
        /** There is none, now or ever; the other readings are not affected. */
        ABSENT,
        /** The GPU answers nothing any more until it is reset. */
        DEVICE_LOST,
        /** The driver is away or was replaced: nothing works until the library is opened again. */
        DRIVER_GONE
    }

    private final int code;
    private final Meaning meaning;

    NvmlStatus(int code, Meaning meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    /** The status of a code; a code of a newer library is {@link #UNKNOWN}. */
    static NvmlStatus of(int code) {
        for (var status : values()) {
            if (status.code == code) {
                return status;
            }
        }
        return UNKNOWN;
    }

    Meaning meaning() {
        return meaning;
    }

    /** The name in the library's header. */
    String symbol() {
        return this == SUCCESS ? "NVML_SUCCESS" : "NVML_ERROR_" + name();
    }
}
