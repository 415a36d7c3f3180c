package gpuanalytics.bench.start;

import gpuanalytics.bench.process.ChildJvm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How an image starts its program.
 *
 * @param options of the JVM
 * @param classPath as {@code -cp} takes it: the JVM's cache is only good for the same one
 * @param main the main class and its arguments
 */
record StartCommand(List<String> options, String classPath, List<String> main) {

    private static final String CACHE = "-XX:AOTCache=";

    /** Reads the words of an entry point: java, options, -cp, a class path, a main class. */
    static StartCommand of(List<String> words) {
        int cp = words.indexOf("-cp");
        if (cp < 1 || words.size() < cp + 3 || !words.getFirst().endsWith("java")) {
            throw new IllegalArgumentException(
                    "the command is %s, expected java OPTIONS -cp PATH MAIN".formatted(words));
        }
        return new StartCommand(
                List.copyOf(words.subList(1, cp)),
                words.get(cp + 1),
                List.copyOf(words.subList(cp + 2, words.size())));
    }

    /** Whether it reads a cache. */
    boolean hasCache() {
        return options.stream().anyMatch(option -> option.startsWith(CACHE));
    }

    /** The same without a cache, as images are that have none. */
    StartCommand withoutCache() {
        return new StartCommand(
                options.stream().filter(option -> !option.startsWith(CACHE)).toList(),
                classPath,
                main);
    }

    /** It as a child of this JVM, with a cache to write at its end where one is named. */
    ChildJvm.Program program(Map<String, String> variables, Optional<Path> cacheToWrite) {
        var all = new ArrayList<>(cacheToWrite.isPresent() ? withoutCache().options : options);
        cacheToWrite.ifPresent(file -> all.add("-XX:AOTCacheOutput=" + file));
        return new ChildJvm.Program(classPath, all, main, variables);
    }
}
