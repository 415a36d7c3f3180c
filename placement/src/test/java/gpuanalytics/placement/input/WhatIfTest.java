package gpuanalytics.placement.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gpuanalytics.placement.trace.BadInputException;
import gpuanalytics.placement.trace.TraceNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class WhatIfTest {

    private static final RehearsalInput INPUT =
            new RehearsalInput(
                    "test",
                    List.of(
                            new TraceNode("a", 8000, 100, 2, "T4"),
                            new TraceNode("b", 8000, 100, 4, "T4"),
                            new TraceNode("c", 4000, 50, 2, "T4"),
                            new TraceNode("d", 1000, 10, 0, "")),
                    List.of(),
                    List.of(),
                    List.of());

    @Test
    void gpusBecomeOthersThenNodesGoThenNodesCome() throws BadInputException {
        var changed =
                new WhatIf(
                                List.of(WhatIf.replaced("r", "T4=A10")),
                                List.of(WhatIf.removed("m", "1:A10x2")),
                                List.of(
                                        WhatIf.added("a", "1:T4x4"),
                                        WhatIf.added("a", "1:Tesla V100x8:96000:1000")))
                        .of(INPUT);

        assertEquals(
                List.of(
                        new TraceNode("a", 8000, 100, 2, "A10"),
                        new TraceNode("b", 8000, 100, 4, "A10"),
                        new TraceNode("d", 1000, 10, 0, ""),
                        new TraceNode("added-T4-1", 8000, 100, 4, "T4"),
                        new TraceNode("added-Tesla V100-1", 96000, 1000, 8, "Tesla V100")),
                changed.nodes());
    }

    @Test
    void thoseLastInTheFileGoFirstAndNoMoreThanThereAre() throws BadInputException {
        var two = new WhatIf(List.of(), List.of(WhatIf.removed("m", "2:T4")), List.of());
        var four = new WhatIf(List.of(), List.of(WhatIf.removed("m", "4:T4")), List.of());

        assertEquals(
                List.of("a", "d"), two.of(INPUT).nodes().stream().map(TraceNode::name).toList());
        assertEquals(
                "what-if removal of nodes with T4 is 4, expected at most the 3 that there are",
                assertThrows(BadInputException.class, () -> four.of(INPUT)).line());
    }

    @Test
    void nothingChangesNothing() throws BadInputException {
        assertEquals(INPUT, WhatIf.nothing().of(INPUT));
    }
}
