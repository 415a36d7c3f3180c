package gpuanalytics.service.lifecycle;

import gpuanalytics.service.config.ConfigurationException;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.config.Startup;
import gpuanalytics.service.text.Printable;
import java.util.Map;
import java.util.function.Function;

/**
 * A program: how it is configured and started.
 *
 * @param name its name, as in messages and in the name of its logging configuration
 * @param purpose one sentence on what it does, for the help text
 * @param read asks the reader for every variable
 * @param start starts it; throws {@link ConfigurationException} where a value turns out to be
 *     unusable, and {@link IllegalStateException} with one line where it cannot start
 * @param <C> its configuration
 */
public record Program<C>(
        String name,
        String purpose,
        Function<EnvironmentReader, C> read,
        Function<C, ? extends RunningService> start) {

    /** The exit code when it cannot start or has failed. */
    public static final int EXIT_FAILED = 1;

    /** The exit code when it has done its work but for a part of its input. */
    public static final int EXIT_INCOMPLETE = 3;

    private static final String LOG_CONFIGURATION = "logback.configurationFile";

    /**
     * Runs it until it ends or is told to, by SIGTERM or SIGINT.
     *
     * @return the exit code: 0, {@link #EXIT_FAILED}, {@link Startup#EXIT_USAGE} or {@link
     *     #EXIT_INCOMPLETE}
     */
    public int run(String[] arguments, Map<String, String> environment) {
        // Before the first logger; who starts the program may name a file of their own.
        if (System.getProperty(LOG_CONFIGURATION) == null) {
            System.setProperty(LOG_CONFIGURATION, name + "-logback.xml");
        }
        return switch (Startup.of(name + ": " + purpose, arguments, environment, read)) {
            case Startup.Exit<C> exit -> exit.print();
            case Startup.Run<C>(C config) -> run(config);
        };
    }

    private int run(C config) {
        try (var running = start.apply(config)) {
            Runtime.getRuntime().addShutdownHook(new Thread(running::close, "shutdown"));
            running.awaitEnd();
            running.failure()
                    .ifPresent(
                            cause ->
                                    System.err.println(
                                            Printable.of("%s failed: %s".formatted(name, cause))));
            return running.exitCode();
        } catch (ConfigurationException e) {
            e.errors().stream().map(Printable::of).forEach(System.err::println);
            return Startup.EXIT_USAGE;
        } catch (IllegalStateException e) {
            System.err.println(Printable.of(e.getMessage()));
            return EXIT_FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return EXIT_FAILED;
        }
    }
}
