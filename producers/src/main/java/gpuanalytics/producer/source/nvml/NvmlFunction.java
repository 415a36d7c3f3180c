package gpuanalytics.producer.source.nvml;

import gpuanalytics.producer.source.nvml.NvmlStatus.Meaning;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import org.jspecify.annotations.Nullable;

/** A function of the library; all of them return {@code nvmlReturn_t}, an int. */
final class NvmlFunction {

    private final String name;

    /** Takes the arguments as an array; null where the library, being older, has no such. */
    private final @Nullable MethodHandle handle;

    private NvmlFunction(String name, @Nullable MethodHandle handle) {
        this.name = name;
        this.handle = handle;
    }

    /** The function of this name; where the library has none, every call is an absence. */
    @SuppressWarnings("restricted") // the one place where functions are bound
    static NvmlFunction find(SymbolLookup library, String name, MemoryLayout... parameters) {
        var descriptor = FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters);
        var handle =
                library.find(name)
                        .map(address -> Linker.nativeLinker().downcallHandle(address, descriptor))
                        .map(call -> spread(call, parameters.length))
                        .orElse(null);
        return new NvmlFunction(name, handle);
    }

    private static MethodHandle spread(MethodHandle call, int parameters) {
        return call.asSpreader(Object[].class, parameters)
                .asType(MethodType.methodType(int.class, Object[].class));
    }

    /** What a call comes to. */
    NvmlStatus call(Object... arguments) {
        if (handle == null) {
            return NvmlStatus.FUNCTION_NOT_FOUND;
        }
        try {
            return NvmlStatus.of((int) handle.invokeExact(arguments));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(name + " cannot be called", e);
        }
    }

    /**
     * Whether a call gives its reading.
     *
     * @throws NvmlException if the GPU or the driver is lost
     */
    boolean gives(Object... arguments) {
        var status = call(arguments);
        return switch (status.meaning()) {
            case GIVEN -> true;
            case ABSENT -> false;
            case DEVICE_LOST, DRIVER_GONE -> throw new NvmlException(name, status);
        };
    }

    /**
     * Calls what must succeed.
     *
     * @throws NvmlException if it does not
     */
    void require(Object... arguments) {
        var status = call(arguments);
        if (status.meaning() != Meaning.GIVEN) {
            throw new NvmlException(name, status);
        }
    }
}
