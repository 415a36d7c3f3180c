package gpuanalytics.embedded.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;

class GroupCommitTest {

    private int attempts;
    private boolean full;
    private final GroupCommit group =
            new GroupCommit(
                    () -> {
                        attempts++;
                        if (full) {
                            throw new UncheckedIOException(new FileSystemException("disk is full"));
                        }
                    });

    @Test
    void commandsAppliedTogetherShareACommit() {
        group.applied();
        group.applied();

        group.await();
        group.await();

        assertEquals(1, attempts);
    }

    @Test
    void nobodyIsToldOfACommitThatFailed() {
        group.applied();
        group.applied();
        full = true;
        assertThrows(UncheckedIOException.class, group::await);

        assertThrows(UncheckedIOException.class, group::await);
        full = false;
        group.await();

        assertEquals(3, attempts);
    }
}
