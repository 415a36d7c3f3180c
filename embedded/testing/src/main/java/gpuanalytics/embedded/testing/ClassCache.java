package gpuanalytics.embedded.testing;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What a JVM has found out about a program's classes, kept for those that start later: most of a
 * short-lived process is loading and linking them (JEP 514). It is made once for a class path, by
 * whichever test process comes first, and lies below {@code target}.
 */
public final class ClassCache {

    private static final Path ROOT = Path.of("target", "class-cache").toAbsolutePath();

    private static final String LOCK = "lock";

    private static volatile @Nullable ClassCache made;

    private final Path file;
    private final String classPath;

    private ClassCache(Path file, String classPath) {
        this.file = file;
        this.classPath = classPath;
    }

    /**
     * Has processes that are started from now on use the cache; makes it by running a program that
     * ends by itself, unless it is there.
     */
    public static synchronized void prepare(Class<?> main, List<String> arguments)
            throws IOException, InterruptedException {
        if (made != null) {
            return;
        }
        Files.createDirectories(ROOT);
        try (var channel =
                        FileChannel.open(
                                ROOT.resolve(LOCK),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                var _ = channel.lock()) {
            var parts = classPath();
            var folder = ROOT.resolve(key(parts));
            var cache = new ClassCache(folder.resolve("classes.aot"), jars(folder, parts));
            if (!Files.exists(cache.file)) {
                forgetOthers();
                cache.make(folder, parts, main, arguments);
            }
            made = cache;
        }
    }

    /** The options of a JVM that starts a class of this one's class path. */
    static List<String> options() {
        var cache = made;
        return cache == null
                ? List.of("-cp", System.getProperty("java.class.path"))
                : List.of(
                        "-XX:AOTCache=" + cache.file,
                        // one that does not fit is used as far as it goes
                        "-Xlog:aot*=off",
                        "-Xlog:cds*=off",
                        "-cp",
                        cache.classPath);
    }

    private void make(Path folder, List<Path> parts, Class<?> main, List<String> arguments)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        for (int i = 0; i < parts.size(); i++) {
            if (Files.isDirectory(parts.get(i))) {
                jar(parts.get(i), folder.resolve(i + ".jar"));
            }
        }
        var part = folder.resolve("part.aot");
        var command = JavaProcess.command();
        command.addAll(List.of("-XX:AOTCacheOutput=" + part, "-cp", classPath, main.getName()));
        command.addAll(arguments);
        var builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile());
        builder.environment().clear();
        int status = builder.start().waitFor();
        if (status != 0) {
            throw new IllegalStateException(
                    "%s ended with %d: %s"
                            .formatted(
                                    main.getName(),
                                    status,
                                    Files.readString(folder.resolve("log"))));
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Those of earlier states: each takes over 100 MB, and nobody will ask for it again. */
    private static void forgetOthers() throws IOException {
        for (var file : files(ROOT)) {
            if (!file.equals(ROOT.resolve(LOCK))) {
                Files.delete(file);
            }
        }
    }

    private static List<Path> classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(Files::exists)
                .toList();
    }

    /** The class path with a jar in the place of each folder, as the JVM wants it. */
    private static String jars(Path folder, List<Path> parts) {
        var jars = new ArrayList<String>();
        for (int i = 0; i < parts.size(); i++) {
            var part = parts.get(i);
            jars.add((Files.isDirectory(part) ? folder.resolve(i + ".jar") : part).toString());
        }
        return String.join(File.pathSeparator, jars);
    }

    /** Another one for each state of what is on the class path. */
    private static String key(List<Path> parts) throws IOException {
        var state = new StringBuilder(System.getProperty("java.vm.version"));
        for (var part : parts) {
            for (var file : files(part)) {
                state.append('\n')
                        .append(file)
                        .append(' ')
                        .append(Files.size(file))
                        .append(' ')
                        .append(Files.getLastModifiedTime(file).toMillis());
            }
        }
        return UUID.nameUUIDFromBytes(state.toString().getBytes(StandardCharsets.UTF_8)).toString();
    }

    private static void jar(Path folder, Path jar) throws IOException {
        try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (var file : files(folder)) {
                out.putNextEntry(new JarEntry(folder.relativize(file).toString()));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
    }

    private static List<Path> files(Path part) throws IOException {
        try (var files = Files.walk(part)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
