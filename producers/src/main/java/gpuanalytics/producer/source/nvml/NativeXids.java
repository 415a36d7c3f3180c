package gpuanalytics.producer.source.nvml;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import gpuanalytics.producer.source.nvml.Nvml.Device;
import gpuanalytics.producer.source.nvml.Nvml.XidEvent;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The critical errors that the driver reports as events ({@code nvmlEventSet*}). */
final class NativeXids {

    private static final int MAX_AT_ONCE = 100;

    // #define nvmlEventTypeXidCriticalError 0x0000000000000008LL
    private static final long XID_CRITICAL_ERROR = 8;

    // "gpuInstanceId is set to 0xFFFFFFFF otherwise"
    private static final int NO_INSTANCE = -1;

    // typedef struct { nvmlDevice_t device; unsigned long long eventType; unsigned long long
    // eventData; unsigned int gpuInstanceId; unsigned int computeInstanceId; } nvmlEventData_t;
    private static final StructLayout EVENT_DATA =
            MemoryLayout.structLayout(
                    JAVA_LONG.withName("device"),
                    JAVA_LONG.withName("eventType"),
                    JAVA_LONG.withName("eventData"),
                    JAVA_INT.withName("gpuInstanceId"),
                    JAVA_INT.withName("computeInstanceId"));

    private final NvmlFunction setCreate;
    private final NvmlFunction setFree;
    private final NvmlFunction registerEvents;
    private final NvmlFunction setWait;

    /** The set of events, once a GPU is watched. */
    private OptionalLong set = OptionalLong.empty();

    NativeXids(SymbolLookup symbols) {
        this.setCreate = NvmlFunction.find(symbols, "nvmlEventSetCreate", ADDRESS);
        this.setFree = NvmlFunction.find(symbols, "nvmlEventSetFree", JAVA_LONG);
        this.registerEvents =
                NvmlFunction.find(
                        symbols, "nvmlDeviceRegisterEvents", JAVA_LONG, JAVA_LONG, JAVA_LONG);
        this.setWait =
                NvmlFunction.find(symbols, "nvmlEventSetWait_v2", JAVA_LONG, ADDRESS, JAVA_INT);
    }

    boolean watch(Device device) {
        if (set.isEmpty()) {
            set = create();
        }
        return set.isPresent()
                && registerEvents.gives(device.handle(), XID_CRITICAL_ERROR, set.getAsLong());
    }

    private OptionalLong create() {
        try (var arena = Arena.ofConfined()) {
            var handle = arena.allocate(JAVA_LONG);
            return setCreate.gives(handle)
                    ? OptionalLong.of(handle.get(JAVA_LONG, 0))
                    : OptionalLong.empty();
        }
    }

    List<XidEvent> take() {
        var events = new ArrayList<XidEvent>();
        for (var event = next(); event != null; event = next()) {
            events.add(event);
            if (events.size() == MAX_AT_ONCE) {
                break; // the rest at the next call
            }
        }
        return events;
    }

    private @Nullable XidEvent next() {
        if (set.isEmpty()) {
            return null;
        }
        try (var arena = Arena.ofConfined()) {
            var data = arena.allocate(EVENT_DATA);
            // a time-out of 0 ms: what has happened already, without waiting. That a GPU of the set
            // is lost shows in its own readings.
            return setWait.call(set.getAsLong(), data, 0) == NvmlStatus.SUCCESS
                    ? event(data)
                    : null;
        }
    }

    private static XidEvent event(MemorySegment data) {
        int instance = data.get(JAVA_INT, offset("gpuInstanceId"));
        return new XidEvent(
                new Device(data.get(JAVA_LONG, offset("device"))),
                data.get(JAVA_LONG, offset("eventData")),
                instance == NO_INSTANCE ? OptionalInt.empty() : OptionalInt.of(instance));
    }

    void close() {
        if (set.isPresent()) {
            setFree.call(set.getAsLong());
            set = OptionalLong.empty();
        }
    }

    private static long offset(String name) {
        return EVENT_DATA.byteOffset(PathElement.groupElement(name));
    }
}
