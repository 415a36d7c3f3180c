package gpuanalytics.processor;

import gpuanalytics.service.config.Startup;

/** The program: stores and rolls up events and answers questions until it is told to stop. */
public final class ProcessorMain {

    private static final String PROGRAM =
            "processor: events from Kafka to MongoDB, each exactly once, and an API over them.";

    /** The exit code when it cannot start or has failed. */
    private static final int EXIT_FAILED = 1;

    private ProcessorMain() {}

    public static void main(String[] arguments) {
        // Before the first logger; who starts the program may name a file of their own.
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "processor-logback.xml");
        }
        int exitCode =
                switch (Startup.of(PROGRAM, arguments, System.getenv(), ProcessorConfig::read)) {
                    case Startup.Exit<ProcessorConfig> exit -> exit.print();
                    case Startup.Run<ProcessorConfig>(ProcessorConfig config) -> run(config);
                };
        System.exit(exitCode);
    }

    private static int run(ProcessorConfig config) {
        try (var processor = Processor.start(config)) {
            Runtime.getRuntime().addShutdownHook(new Thread(processor::close, "shutdown"));
            processor.awaitEnd();
            var failure = processor.failure();
            failure.ifPresent(cause -> System.err.println("processor failed: " + cause));
            return failure.isPresent() ? EXIT_FAILED : 0;
        } catch (IllegalStateException e) {
            System.err.println(e.getMessage());
            return EXIT_FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return EXIT_FAILED;
        }
    }
}
