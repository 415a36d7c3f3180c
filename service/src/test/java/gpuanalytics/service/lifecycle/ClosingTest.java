package gpuanalytics.service.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClosingTest {

    @Test
    void closesEveryPartInOrderThoughOneFails() {
        var closed = new ArrayList<String>();

        Closing.inOrder(
                () -> closed.add("first"),
                () -> {
                    throw new IOException("thrown by the test");
                },
                () -> closed.add("last"));

        assertEquals(List.of("first", "last"), closed);
    }
}
