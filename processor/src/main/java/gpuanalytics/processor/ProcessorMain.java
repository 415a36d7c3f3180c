package gpuanalytics.processor;

import gpuanalytics.service.lifecycle.Program;

/** The program: stores and rolls up events and answers questions until it is told to stop. */
public final class ProcessorMain {

    private ProcessorMain() {}

    public static void main(String[] arguments) {
        var program =
                new Program<>(
                        "processor",
                        "events from Kafka to MongoDB, each exactly once, and an API over them.",
                        ProcessorConfig::read,
                        Processor::start);
        System.exit(program.run(arguments, System.getenv()));
    }
}
