package gpuanalytics.producer;

import gpuanalytics.service.lifecycle.Program;
import java.util.Arrays;

/**
 * The program: publishes events until its sources end or it is told to stop. The sub-command {@code
 * import} publishes files and ends.
 */
public final class ProducerMain {

    private ProducerMain() {}

    public static void main(String[] arguments) {
        if (arguments.length > 0 && arguments[0].equals(FileImport.NAME)) {
            var rest = Arrays.copyOfRange(arguments, 1, arguments.length);
            System.exit(FileImport.run(rest, System.getenv(), System.out, System.err));
        }
        var program =
                new Program<>(
                        "producers",
                        "GPU samples and token usages to Kafka: simulated, of traces, of this"
                                + " machine, of exporters, or told at doors (DOORS=http,grpc)."
                                + " import FILE... publishes files, see import --help.",
                        ProducerConfig::read,
                        Producer::start);
        System.exit(program.run(arguments, System.getenv()));
    }
}
