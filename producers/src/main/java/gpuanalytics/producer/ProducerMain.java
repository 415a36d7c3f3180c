package gpuanalytics.producer;

import gpuanalytics.service.lifecycle.Program;

/** The program: publishes events until its sources end or it is told to stop. */
public final class ProducerMain {

    private ProducerMain() {}

    public static void main(String[] arguments) {
        var program =
                new Program<>(
                        "producers",
                        "GPU samples and token usages to Kafka: simulated, of traces, or of this"
                                + " machine.",
                        ProducerConfig::read,
                        Producer::start);
        System.exit(program.run(arguments, System.getenv()));
    }
}
