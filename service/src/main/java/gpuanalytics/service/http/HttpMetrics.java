package gpuanalytics.service.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.function.ToDoubleFunction;

/**
 * Counts what HTTP does.
 *
 * @param program the first part of each name: {@code processor} or {@code producer}
 */
public record HttpMetrics(MeterRegistry registry, String program) {

    /** Answers by the path that made them and by status; how long they took to make. */
    Timer requests(String path, int status) {
        return Timer.builder(program + ".http.requests")
                .description("requests by the path that answered them and by status")
                .tag("path", path)
                .tag("status", Integer.toString(status))
                .register(registry);
    }

    /** Work that was refused because enough was running. */
    Counter workRefused(String work) {
        return Counter.builder(program + ".http.work.refused").tag("work", work).register(registry);
    }

    /** Work that runs, or whose answer is not read yet. */
    void workRunning(WorkGate gate) {
        Gauge.builder(program + ".http.work.running", gate, WorkGate::running)
                .tag("work", gate.name())
                .register(registry);
    }

    /** Connections that are open. */
    <T> void connections(T connections, ToDoubleFunction<T> open) {
        Gauge.builder(program + ".http.connections", connections, open).register(registry);
    }

    /** Clients that were cut off because they did not read, or sent too slowly. */
    Counter cutOff() {
        return Counter.builder(program + ".http.clients.cut").register(registry);
    }
}
