package gpuanalytics.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/** Where a JVM spent its time and its memory, as its flight recorder saw it. */
public final class Profile {

    private static final int TOP = 25;
    private static final int DEPTH = 256;
    private static final String OURS = "gpuanalytics.";

    private final Map<String, Long> threads = new HashMap<>();
    private final Map<String, Long> top = new HashMap<>();
    private final Map<String, Long> within = new HashMap<>();
    private final Map<String, Long> bytesByClass = new HashMap<>();
    private final Map<String, Long> bytesBySite = new HashMap<>();
    private long samples;
    private long bytes;

    private Profile() {}

    /** The options of a JVM that records itself into a file. */
    public static List<String> options(Path file) {
        return List.of(
                "-XX:StartFlightRecording:settings=profile,dumponexit=true,filename=" + file,
                "-XX:FlightRecorderOptions:stackdepth=" + DEPTH,
                "-Xlog:jfr*=off");
    }

    /** Records this JVM until it is stopped. */
    public static Running start() throws IOException {
        try {
            var recording = new Recording(Configuration.getConfiguration("profile"));
            recording.start();
            return new Running(recording);
        } catch (ParseException e) {
            throw new IOException(e);
        }
    }

    /** Of this JVM. */
    public static final class Running {

        private final Recording recording;

        private Running(Recording recording) {
            this.recording = recording;
        }

        /** What was recorded. */
        public Profile stop() throws IOException {
            var file = Files.createTempFile("profile", ".jfr");
            try (recording) {
                recording.stop();
                recording.dump(file);
                return read(file);
            } finally {
                Files.delete(file);
            }
        }
    }

    /** Reads what was recorded. */
    public static Profile read(Path file) throws IOException {
        var profile = new Profile();
        try (var recording = new RecordingFile(file)) {
            while (recording.hasMoreEvents()) {
                var event = recording.readEvent();
                if (isRunning(event)) {
                    profile.add(event);
                } else if (event.getEventType().getName().equals("jdk.ObjectAllocationSample")) {
                    profile.addAllocation(event);
                }
            }
        }
        return profile;
    }

    /** Threads in native code are sampled while they wait too; those do not cost anything. */
    private static boolean isRunning(RecordedEvent event) {
        var stack = event.getStackTrace();
        var type = event.getEventType().getName();
        if (stack == null || stack.getFrames().isEmpty()) {
            return false;
        }
        if (!type.equals("jdk.NativeMethodSample")) {
            return type.equals("jdk.ExecutionSample");
        }
        var method = name(stack.getFrames().getFirst());
        return !method.contains("EPoll.wait")
                && !method.contains("Native.epollWait")
                && !method.contains("Net.poll")
                && !method.contains("accept")
                && !method.contains("SocketDispatcher.read0");
    }

    private void add(RecordedEvent event) {
        var stack = event.getStackTrace();
        if (stack == null || stack.getFrames().isEmpty()) {
            return;
        }
        samples++;
        var thread = event.getThread("sampledThread");
        threads.merge(
                thread == null || thread.getJavaName() == null ? "?" : thread.getJavaName(),
                1L,
                Long::sum);
        top.merge(name(stack.getFrames().getFirst()), 1L, Long::sum);
        var seen = new HashSet<String>();
        for (var frame : stack.getFrames()) {
            var name = name(frame);
            if ((name.startsWith(OURS) || name.contains("KafkaConsumer.poll")) && seen.add(name)) {
                within.merge(name, 1L, Long::sum);
            }
        }
    }

    /** Sampled by bytes: each sample stands for what was allocated since the one before. */
    private void addAllocation(RecordedEvent event) {
        var stack = event.getStackTrace();
        if (stack == null || stack.getFrames().isEmpty()) {
            return;
        }
        long weight = event.getLong("weight");
        bytes += weight;
        bytesByClass.merge(event.getClass("objectClass").getName(), weight, Long::sum);
        bytesBySite.merge(site(stack.getFrames()), weight, Long::sum);
    }

    /** Who allocates: the first that is not of the JDK. */
    private static String site(List<RecordedFrame> frames) {
        return frames.stream()
                .map(Profile::name)
                .filter(name -> !name.startsWith("java.") && !name.startsWith("jdk."))
                .findFirst()
                .orElseGet(() -> name(frames.getLast()));
    }

    private static String name(RecordedFrame frame) {
        var method = frame.getMethod();
        return method.getType().getName() + "." + method.getName();
    }

    /**
     * Shares of the samples by thread, by method on top, and by our methods anywhere below; and of
     * the bytes by what was allocated and by who did.
     */
    public String summary() {
        return "    %,d samples%n".formatted(samples)
                + table("by thread", threads, samples)
                + table("on top", top, samples)
                + table("in or below", within, samples)
                + table("bytes by class", bytesByClass, bytes)
                + table("bytes by site", bytesBySite, bytes);
    }

    private static String table(String title, Map<String, Long> counts, long all) {
        var text = new StringBuilder("    " + title + "\n");
        counts.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(TOP)
                .forEach(
                        entry ->
                                text.append(
                                        "      %5.1f %%  %s%n"
                                                .formatted(
                                                        100.0 * entry.getValue() / all,
                                                        entry.getKey())));
        return text.toString();
    }
}
