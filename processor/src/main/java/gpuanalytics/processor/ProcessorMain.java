package gpuanalytics.processor;

/** Runs a processor until it is told to end. */
public final class ProcessorMain {

    private ProcessorMain() {}

    public static void main(String[] arguments) {
        var config = ProcessorConfig.fromEnvironment(System.getenv());
        var processor = Processor.start(config);
        Runtime.getRuntime().addShutdownHook(new Thread(processor::close, "shutdown"));
    }
}
