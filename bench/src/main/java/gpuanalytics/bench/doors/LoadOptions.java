package gpuanalytics.bench.doors;

import gpuanalytics.bench.command.CommandLine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a load is.
 *
 * @param calls how many calls
 * @param warmUp how many of them are acknowledged before any time is noted
 * @param spans how many usages each has
 * @param door which door takes them
 * @param until no call is begun any more once this file is there
 * @param perSecond calls per second; 0 for as many as there is room for
 * @param inFlight how many may be under way
 * @param connections of each target, for gRPC
 * @param timeout how long a door may take to answer
 * @param giveUp how long a call is sent again
 * @param targets doors that run already; empty for processes of our own
 * @param api the processor's interface; empty for one of our own
 * @param token opens the doors
 * @param doors how many processes of our own have doors
 * @param killEvery how often one of them is killed
 * @param kafkaAway how long the broker is away, once
 * @param processorAfter whether our processor starts when all calls are acknowledged
 * @param storeMebibytes the heap of our store
 * @param settle how long the totals may stand still before they are final
 * @param settings variables for our doors
 * @param jvm options of the JVMs of our processes, after their own
 * @param recording whether the flight recorder of our doors runs along
 * @param seed of the numbers of tokens
 * @param directory where data and logs lie
 */
record LoadOptions(
        long calls,
        long warmUp,
        int spans,
        Door door,
        Optional<Path> until,
        long perSecond,
        int inFlight,
        int connections,
        Duration timeout,
        Duration giveUp,
        List<Target> targets,
        Optional<URI> api,
        Optional<String> token,
        int doors,
        Optional<Duration> killEvery,
        Optional<Duration> kafkaAway,
        boolean processorAfter,
        int storeMebibytes,
        Duration settle,
        Map<String, String> settings,
        List<String> jvm,
        boolean recording,
        long seed,
        Path directory) {

    static final String HELP =
            """
            --calls N          how many calls (default 10000)
            --warm-up N        so many are acknowledged before any time is noted; they are compared like the others (default 0)
            --spans N          usages of each (default 10)
            --door NAME        grpc: OTLP over gRPC, http: OTLP over HTTP, sdk-grpc and sdk-http: the same by OpenTelemetry's SDK,
                               events: POST /v1/events (default grpc)
            --until FILE       begin no call any more once this file is there
            --rate N           calls per second, each at its time whatever became of others (default 1000); max: as many as there is room for
            --in-flight N      the most calls under way (default 192)
            --connections N    of each target, for grpc (default 4)
            --timeout TIME     how long a door may take to answer (default 15s)
            --give-up TIME     how long a call is sent again until the run fails (default 5m)
            --targets LIST     HOST:PORT of doors that run, with commas (default: starts its own)
            --api URL          the processor behind those doors
            --token-file FILE  a token that opens them
            --anywhere         let targets and API be beyond loopback
            --doors N          own processes with doors (default 3)
            --kill-every TIME  kill one of them, in turn, and start it again
            --kafka-away TIME  kill the broker once, after a third of the calls, and start it again after this time
            --processor-after  start the own processor when all calls are acknowledged, so that it takes nothing from the doors
            --store-mib N      heap of the own store in MiB; raw events beyond half of it go, the oldest first (default 512)
            --settle TIME      how long the API's totals may stand still before they are final (default 60s)
            --env NAME=VALUE   a variable for the own doors; may be repeated
            --jvm OPTION       an option of the JVM of each own process, after those that it has; may be repeated
            --jfr              record a profile of the own doors and print its summary
            --seed N           of the numbers of tokens (default 1)
            --dir DIR          where data and logs lie; what is there is deleted (default bench/target/load)
            """;

    private static final Set<String> FLAGS = Set.of("--anywhere", "--processor-after", "--jfr");

    /** Those who concern only processes of our own. */
    private static final List<String> OF_OUR_OWN =
            List.of(
                    "--doors",
                    "--kill-every",
                    "--kafka-away",
                    "--processor-after",
                    "--store-mib",
                    "--env",
                    "--jvm",
                    "--jfr");

    /** The ways in. */
    enum Door {
        GRPC,
        HTTP,
        SDK_GRPC,
        SDK_HTTP,
        EVENTS;

        private String said() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Where a door listens. */
    record Target(String host, int port) {

        private static Target of(String text) {
            int colon = text.lastIndexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException(
                        "--targets has %s, expected HOST:PORT".formatted(text));
            }
            long port = CommandLine.number("--targets", text.substring(colon + 1), 1);
            return new Target(text.substring(0, colon), Math.toIntExact(port));
        }

        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    /** Reads what was said; IllegalArgumentException names what is wrong. */
    static LoadOptions parse(String[] arguments) {
        var line = CommandLine.parse(arguments, HELP, FLAGS);
        var options =
                new LoadOptions(
                        line.number("--calls", 10_000, 1),
                        line.number("--warm-up", 0, 0),
                        whole(line, "--spans", 10),
                        door(line.text("--door", "grpc")),
                        Optional.ofNullable(line.path("--until")),
                        line.text("--rate", "1000").equals("max")
                                ? 0
                                : line.number("--rate", 1000, 1),
                        whole(line, "--in-flight", 192),
                        whole(line, "--connections", 4),
                        line.duration("--timeout", Duration.ofSeconds(15)),
                        line.duration("--give-up", Duration.ofMinutes(5)),
                        line.has("--targets")
                                ? line.words("--targets", "").stream().map(Target::of).toList()
                                : List.of(),
                        Optional.ofNullable(line.text("--api")).map(LoadOptions::url),
                        Optional.ofNullable(line.path("--token-file")).map(LoadOptions::token),
                        whole(line, "--doors", 3),
                        Optional.ofNullable(line.duration("--kill-every")),
                        Optional.ofNullable(line.duration("--kafka-away")),
                        line.has("--processor-after"),
                        whole(line, "--store-mib", 512),
                        line.duration("--settle", Duration.ofSeconds(60)),
                        line.settings("--env"),
                        line.all("--jvm"),
                        line.has("--jfr"),
                        line.number("--seed", 1, 0),
                        Path.of(line.text("--dir", "bench/target/load")).toAbsolutePath());
        options.check(line);
        return options;
    }

    private void check(CommandLine line) {
        if (warmUp >= calls) {
            throw new IllegalArgumentException(
                    "--warm-up is %d, expected less than the %d of --calls"
                            .formatted(warmUp, calls));
        }
        if (targets.isEmpty() != api.isEmpty()) {
            throw new IllegalArgumentException(
                    "--targets and --api: one of them is given, expected both or neither");
        }
        if (!targets.isEmpty()) {
            OF_OUR_OWN.stream()
                    .filter(line::has)
                    .findFirst()
                    .ifPresent(
                            name -> {
                                throw new IllegalArgumentException(
                                        name + " is for doors of its own, expected no --targets");
                            });
        }
        if (!line.has("--anywhere")) {
            Stream.concat(targets.stream().map(Target::host), api.stream().map(URI::getHost))
                    .forEach(LoadOptions::requireLoopback);
        }
    }

    private static void requireLoopback(String host) {
        try {
            if (InetAddress.getByName(host).isLoopbackAddress()) {
                return;
            }
        } catch (UnknownHostException _) {
            // said below
        }
        throw new IllegalArgumentException(
                "%s is not on loopback, expected --anywhere if that is meant".formatted(host));
    }

    private static int whole(CommandLine line, String name, int unlessGiven) {
        return Math.toIntExact(line.number(name, unlessGiven, 1));
    }

    private static Door door(String name) {
        for (var door : Door.values()) {
            if (door.said().equals(name)) {
                return door;
            }
        }
        throw new IllegalArgumentException(
                "--door is %s, expected grpc, http, sdk-grpc, sdk-http or events".formatted(name));
    }

    private static URI url(String text) {
        try {
            var url = URI.create(text);
            if (url.getHost() != null && url.getScheme().matches("https?")) {
                return url;
            }
        } catch (IllegalArgumentException _) {
            // said below
        }
        throw new IllegalArgumentException(
                "--api is %s, expected http://HOST:PORT".formatted(text));
    }

    private static String token(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new IllegalArgumentException("--token-file cannot be read: " + e, e);
        }
    }
}
