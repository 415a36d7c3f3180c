package gpuanalytics.producer.source.smi;

import gpuanalytics.event.Event;
import gpuanalytics.producer.source.replay.table.BadCell;
import gpuanalytics.producer.source.replay.table.Cells;
import gpuanalytics.producer.source.replay.table.DropReason;
import gpuanalytics.producer.source.replay.table.DroppedRows;
import gpuanalytics.service.retry.Backoff;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one nvidia-smi after the other writes to a place, read on a thread of its own: a pipe from
 * writer to writer, a file as it grows, is cut or is replaced, standard input to its end.
 */
final class SmiInput implements AutoCloseable {

    private static final int CHUNK_BYTES = 16 * 1024;
    private static final Duration END_TIMEOUT = Duration.ofSeconds(1);

    private final SmiOptions.Input input;
    private final SmiOptions options;
    private final Clock clock;
    private final Supplier<FileChannel> standardInput;
    private final BlockingQueue<Event> samples;
    private final DroppedRows dropped;
    private final Runnable wake;
    private final LiveLines lines;
    private final SmiRows rows;
    private final InputState state;
    private final Backoff absence;
    private final Thread thread;
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
    private volatile boolean ended;
    private volatile @Nullable RuntimeException failure;

    /**
     * Reads nothing yet.
     *
     * @param samples where samples go; while it is full nothing more is read
     * @param wake is called when there is one more
     */
    SmiInput(
            SmiOptions.Input input,
            SmiOptions options,
            Clock clock,
            Supplier<FileChannel> standardInput,
            BlockingQueue<Event> samples,
            DroppedRows dropped,
            Runnable wake) {
        this.input = input;
        this.options = options;
        this.clock = clock;
        this.standardInput = standardInput;
        this.samples = samples;
        this.dropped = dropped;
        this.wake = wake;
        this.lines = new LiveLines(options.maxLineBytes());
        var steps = new UsualStep();
        this.rows = new SmiRows(options, input.host(), clock::instant, steps);
        var pace = options.pace();
        this.state = new InputState(pace, steps);
        var first = pace.poll().compareTo(pace.retry()) < 0 ? pace.poll() : pace.retry();
        this.absence = new Backoff(first, pace.retry());
        this.thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("nvidia-smi-" + input.path())
                        .unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Whether nothing will come any more. */
    boolean ended() {
        return ended;
    }

    /** What is wrong with it, if anything. */
    Optional<String> problem(Instant now) {
        return state.problem(now).map(why -> input.path() + " " + why);
    }

    /**
     * Checks that it is read.
     *
     * @throws IllegalStateException if that has failed
     */
    void check() {
        if (failure != null) {
            throw new IllegalStateException(input.path() + " could not be read", failure);
        }
    }

    private void run() {
        try {
            if (input.isStandardInput()) {
                readStandardInput();
            } else {
                followPath();
            }
        } catch (InterruptedException | ClosedByInterruptException e) {
            Thread.currentThread().interrupt(); // told to end
        } catch (RuntimeException e) {
            failure = e;
        } finally {
            wake.run();
        }
    }

    private void readStandardInput() throws InterruptedException, ClosedByInterruptException {
        try (var channel = standardInput.get()) {
            state.there();
            read(channel::read, false);
            dropUnfinished();
            state.away("has ended");
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            state.away(problem(e));
        }
        ended = true;
    }

    private void followPath() throws InterruptedException, ClosedByInterruptException {
        boolean isFirst = true;
        int attempts = 0;
        while (true) {
            try (var file = Followed.open(input.path())) {
                attempts = 0;
                follow(file, isFirst && file.isRegular());
                Thread.sleep(options.pace().poll());
            } catch (ClosedByInterruptException e) {
                throw e;
            } catch (IOException e) {
                state.away(problem(e));
                Thread.sleep(absence.pauseAfter(++attempts, ThreadLocalRandom.current()));
            }
            isFirst = false;
        }
    }

    private static String problem(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "does not exist";
            case AccessDeniedException _ ->
                    "may not be opened, expected a file to read, or a pipe to read and write";
            default -> "cannot be read (%s)".formatted(e.getMessage());
        };
    }

    /**
     * Reads until the path leads elsewhere.
     *
     * @param history whether what is there already is not of now
     */
    private void follow(Followed file, boolean history) throws IOException, InterruptedException {
        if (file.isRegular()) {
            state.there();
        }
        boolean skip = history;
        int looks = 0;
        while (true) {
            // asked before reading: what was written until it was replaced is read
            boolean stillThere = file.isStillThere();
            looks = read(file::read, skip) ? 1 : looks + 1;
            skip = false;
            if (!stillThere) {
                dropUnfinished();
                return;
            }
            if (!file.isRegular()) {
                dropUnfinished();
                state.away("has no writer, or one that has written nothing yet");
                Thread.sleep(absence.pauseAfter(looks, ThreadLocalRandom.current()));
                continue;
            }
            if (file.isCut()) {
                dropUnfinished();
            }
            Thread.sleep(options.pace().poll());
        }
    }

    /** Gives bytes, or -1 at the end. */
    private interface Bytes {
        int into(ByteBuffer chunk) throws IOException;
    }

    /** Reads to the end; whether there was anything. */
    private boolean read(Bytes bytes, boolean skip) throws IOException, InterruptedException {
        boolean any = false;
        while (bytes.into(chunk.clear()) >= 0) {
            any = true;
            state.there();
            chunk.flip();
            var arrival = clock.instant();
            for (var line = lines.next(chunk); line != null; line = lines.next(chunk)) {
                if (!skip) {
                    take(line, arrival);
                } else {
                    rows.isHeader(line);
                }
            }
        }
        return any;
    }

    private void take(LiveLines.Line line, Instant arrival) throws InterruptedException {
        try {
            var sample = rows.read(line, arrival);
            if (sample != null) {
                samples.put(sample);
                state.sampled(sample.ts());
                wake.run();
            }
        } catch (BadCell e) {
            drop(line, e);
        }
    }

    /** A line whose end will not come may lack the end of its last number. */
    private void dropUnfinished() {
        var line = lines.unfinished();
        if (line != null) {
            drop(
                    line,
                    new BadCell(
                            DropReason.UNFINISHED_LINE,
                            "the line does not end: " + Cells.shown(line.text())));
        }
    }

    private void drop(LiveLines.Line line, BadCell why) {
        dropped.add(input.path(), line.number(), why);
        state.refused(why.reason());
    }

    /** Begins to end: nothing more is read. */
    void leave() {
        thread.interrupt();
    }

    /** Ends; does not wait long for a file system that does not answer. */
    @Override
    public void close() {
        leave();
        try {
            thread.join(END_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
