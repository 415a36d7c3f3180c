package gpuanalytics.producer.source.smi;

import gpuanalytics.event.GpuMetric;
import gpuanalytics.producer.ProducerConfig;
import gpuanalytics.producer.SourceKind;
import java.time.Clock;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.Semaphore;

/** A process that prints what its nvidia-smi source gives, until that ends. */
final class PrintedSamples {

    /** Tells what it prints from what is logged. */
    static final String MARK = "> ";

    private PrintedSamples() {}

    public static void main(String[] arguments) throws InterruptedException {
        var config = ProducerConfig.fromEnvironment(System.getenv()).sources();
        var woken = new Semaphore(0);
        try (var feed =
                Objects.requireNonNull(config.get(SourceKind.NVIDIA_SMI))
                        .open(Clock.systemUTC(), woken::release)) {
            feed.start();
            var events = feed.events();
            while (!events.ended()) {
                woken.acquire();
                for (var sample : events.take(Instant.now(), 100)) {
                    System.out.println(
                            MARK
                                    + sample.require(GpuMetric.GPU_INDEX)
                                    + " "
                                    + sample.require(GpuMetric.POWER_W));
                }
            }
            events.nextDue(Instant.now());
            System.out.println(feed.parts().getFirst().detail().replaceFirst(".*; ", MARK));
        }
    }
}
