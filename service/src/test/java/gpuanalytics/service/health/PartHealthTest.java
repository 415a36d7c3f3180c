package gpuanalytics.service.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class PartHealthTest {

    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");

    private Instant now = START;

    private final InstantSource time = () -> now;
    private final PartHealth health =
            new PartHealth("store", "starting", time.withZone(ZoneOffset.UTC));

    @Test
    void saysSinceWhenItIsDownThoughTheReasonChanges() {
        health.up("connected");
        now = START.plusSeconds(10);
        health.down("no answer");
        now = START.plusSeconds(20);
        health.down("connection refused");

        assertFalse(health.report().up());
        assertEquals("connection refused", health.report().detail());
        assertEquals(START.plusSeconds(10), health.report().since());
    }

    @Test
    void isUpAgainFromNowOn() {
        now = START.plusSeconds(5);
        health.up("connected");

        assertTrue(health.report().up());
        assertEquals(START.plusSeconds(5), health.report().since());
    }
}
