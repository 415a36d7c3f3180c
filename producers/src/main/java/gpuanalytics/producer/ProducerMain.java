package gpuanalytics.producer;

import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.config.Startup;

/** The program: publishes events until its source ends or it is told to stop. */
public final class ProducerMain {

    private static final String PROGRAM =
            "producers: GPU samples and token usages, simulated or from traces, to Kafka.";

    /** The exit code when publishing has failed for good. */
    private static final int EXIT_FAILED = 1;

    private ProducerMain() {}

    public static void main(String[] arguments) {
        // before the first logger; who starts the program may name a file of their own
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "producers-logback.xml");
        }
        int exitCode =
                switch (Startup.of(PROGRAM, arguments, System.getenv(), ProducerConfig::read)) {
                    case Startup.Exit<ProducerConfig> exit -> exit.print();
                    case Startup.Run<ProducerConfig>(ProducerConfig config) -> run(config);
                };
        System.exit(exitCode);
    }

    private static int run(ProducerConfig config) {
        try (var producer = Producer.start(config)) {
            Runtime.getRuntime().addShutdownHook(new Thread(producer::close, "shutdown"));
            producer.awaitEnd();
            var failure = producer.failure();
            failure.ifPresent(cause -> System.err.println("producers failed: " + cause));
            return failure.isPresent() ? EXIT_FAILED : 0;
        } catch (ConfigurationException e) {
            e.errors().forEach(System.err::println);
            return Startup.EXIT_USAGE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return EXIT_FAILED;
        }
    }
}
