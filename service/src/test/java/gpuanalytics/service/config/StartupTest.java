package gpuanalytics.service.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.api.Test;

class StartupTest {

    private record Config(int batch, String topic) {

        static Config read(EnvironmentReader reader) {
            return new Config(
                    reader.integer("BATCH", 20, 1, 100, "Events per batch"),
                    reader.topic("TOPIC", "events.v1", "The topic"));
        }
    }

    private static Startup<Config> start(Map<String, String> environment, String... arguments) {
        return Startup.of("demo: shows it.", arguments, environment, Config::read);
    }

    @Test
    void runsWithTheEnvironmentsConfiguration() {
        assertEquals(new Startup.Run<>(new Config(5, "events.v1")), start(Map.of("BATCH", "5")));
    }

    @Test
    void exitsWithEveryErrorOfTheEnvironment() {
        assertEquals(
                new Startup.Exit<Config>(
                        2,
                        """
                        BATCH is 0, expected a whole number from 1 to 100
                        TOPIC is /, expected a topic name: up to 249 of A-Z a-z 0-9 . _ -\
                        """),
                start(Map.of("BATCH", "0", "TOPIC", "/")));
    }

    @Test
    void checkConfigExitsAfterTheCheck() {
        assertEquals(
                new Startup.Exit<Config>(0, "configuration is valid"),
                start(Map.of(), "--check-config"));
        assertEquals(
                new Startup.Exit<Config>(2, "BATCH is 0, expected a whole number from 1 to 100"),
                start(Map.of("BATCH", "0"), "--check-config"));
    }

    @Test
    void refusesAnUnknownOption() {
        assertEquals(
                new Startup.Exit<Config>(
                        2, "unknown option --rate, expected --help or --check-config"),
                start(Map.of(), "--rate"));
    }

    @Test
    void helpListsEveryVariable() {
        assertEquals(
                new Startup.Exit<Config>(
                        0,
                        """
                        demo: shows it.

                        Options:
                          --help          print this
                          --check-config  check the environment and exit: 0 valid, 2 not

                        Environment variables and their defaults:
                          BATCH  20         Events per batch
                          TOPIC  events.v1  The topic\
                        """),
                start(Map.of("BATCH", "0"), "--help"));
    }
}
