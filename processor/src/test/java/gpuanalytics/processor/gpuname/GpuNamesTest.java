package gpuanalytics.processor.gpuname;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GpuNamesTest {

    private static final Instant MAY = Instant.parse("2026-05-01T00:00:00Z");
    private static final Instant JUNE = Instant.parse("2026-06-01T09:30:10Z");
    private static final Instant JULY = Instant.parse("2026-07-01T00:00:00Z");

    @Test
    void aNameThatNobodyKnowsMeansItself() {
        assertEquals("rack7/3", GpuNames.NONE.at("rack7/3", JUNE));
        assertFalse(GpuNames.NONE.isKnown("rack7/3"));
        assertEquals(Set.of("rack7/3"), GpuNames.NONE.related("rack7/3"));
    }

    @Test
    void aHostAndNumberMeanTheCardThatIsThereAtThatTime() {
        var names =
                GpuNames.of(
                        List.of(
                                self("GPU-old", MAY),
                                link("rack7/3", "GPU-old", MAY),
                                self("GPU-new", JUNE),
                                link("rack7/3", "GPU-new", JUNE)));

        assertEquals("GPU-old", names.at("rack7/3", JUNE.minusMillis(1)));
        assertEquals("GPU-new", names.at("rack7/3", JUNE));
        assertEquals("GPU-new", names.at("rack7/3", JULY));
        // before the first sample it was there already, as far as anyone can know
        assertEquals("GPU-old", names.at("rack7/3", MAY.minusSeconds(86_400)));
        // a usage of the minute in which it was first seen is the new card's
        assertEquals("GPU-new", names.inBucket("rack7/3", Instant.parse("2026-06-01T09:30:00Z")));
        assertEquals("GPU-old", names.inBucket("rack7/3", Instant.parse("2026-06-01T09:29:00Z")));
        assertEquals(Set.of("rack7/3", "GPU-old", "GPU-new"), names.related("rack7/3"));
    }

    @Test
    void aCardThatComesBackIsItselfAgain() {
        var names =
                GpuNames.of(
                        List.of(
                                link("h/0", "GPU-a", MAY),
                                self("GPU-a", MAY),
                                link("h/0", "GPU-b", JUNE),
                                self("GPU-b", JUNE),
                                link("h/0", "GPU-a", JULY)));

        assertEquals("GPU-b", names.at("h/0", JULY.minusSeconds(1)));
        assertEquals("GPU-a", names.at("h/0", JULY));
    }

    @Test
    void aMigInstanceBelongsToItsCard() {
        var names =
                GpuNames.of(
                        List.of(
                                self("GPU-card", MAY),
                                link("dgx/5", "GPU-card", MAY),
                                // by the number of an instance's sample, and by its card's sample
                                link("MIG-1111", "dgx/5", MAY),
                                self("MIG-1111", MAY),
                                link("MIG-2222", "GPU-card", MAY)));

        assertEquals("GPU-card", names.at("MIG-1111", JUNE));
        assertEquals("GPU-card", names.at("MIG-2222", JUNE));
        assertEquals("GPU-card", names.at("MIG-GPU-card/7/0", JUNE));
        assertTrue(names.isKnown("MIG-GPU-card/7/0"));
        assertEquals("MIG-GPU-else/7/0", names.at("MIG-GPU-else/7/0", JUNE));
        assertTrue(
                names.related("GPU-card").containsAll(Set.of("dgx/5", "MIG-1111", "MIG-2222")),
                () -> names.related("GPU-card").toString());
    }

    /** Its UUID is all that is known of its card, so it stays what it is. */
    @Test
    void aMigInstanceWhoseCardIsUnknownStaysItself() {
        var names = GpuNames.of(List.of(self("MIG-3", MAY), link("MIG-3", "h/1", MAY)));

        assertEquals("MIG-3", names.at("MIG-3", JUNE));
        assertTrue(names.isKnown("MIG-3"));
    }

    /** Two machines that call themselves localhost. */
    @Test
    void aNameThatTwoMachinesGiveThemselvesMeansNothing() {
        var links = new ArrayList<GpuLink>();
        for (int i = 0; i <= Meanings.MOST_CHANGES; i++) {
            links.add(link("localhost/0", "GPU-" + i % 2, MAY.plusSeconds(i)));
        }
        var names = GpuNames.of(links);

        assertEquals("localhost/0", names.at("localhost/0", JUNE));
        assertFalse(names.isKnown("localhost/0"));
    }

    @Test
    void theOrderInWhichLinksAreReadChangesNothing() {
        var seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            var links = new ArrayList<GpuLink>();
            for (int i = 0; i < 12; i++) {
                var at = MAY.plusSeconds(random.nextInt(8));
                links.add(link("h/" + random.nextInt(2), "GPU-" + random.nextInt(3), at));
                links.add(self("GPU-" + random.nextInt(3), at));
            }
            var names = GpuNames.of(links);
            Collections.shuffle(links, random);
            var others = GpuNames.of(links);
            for (int second = -1; second < 9; second++) {
                var at = MAY.plusSeconds(second);
                for (var name : List.of("h/0", "h/1", "GPU-0")) {
                    assertEquals(names.at(name, at), others.at(name, at), "seed " + seed);
                }
            }
        }
    }

    static GpuLink link(String name, String gpu, Instant from) {
        return new GpuLink(name, gpu, from.toEpochMilli(), 0);
    }

    static GpuLink self(String gpu, Instant from) {
        return link(gpu, gpu, from);
    }
}
