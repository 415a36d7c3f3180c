package gpuanalytics.processor.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuanalytics.event.Event;
import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.consume.TestRows;
import gpuanalytics.processor.decode.DecodedRecord.Row;
import gpuanalytics.processor.rollup.MeterState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt64;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a GPU's counters say since its last sample. */
class GpuMeterTest {

    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
    private static final MeterLimits LIMITS = new MeterLimits(100, 800, Duration.ofMinutes(30));

    private static final MeterState NOTHING = MeterState.ofSample(new BsonDocument(), 0);

    private final TestRows samples = new TestRows(EventTopic.GPU_METRICS, "topic-a", 2);
    private final GpuMeter meter = new GpuMeter(at(0).build().record().partition());

    @Test
    void theFirstReadingOfACounterSaysNothing() {
        assertNull(energy(0, 5e6));
    }

    @Test
    void aRiseIsWhatWasDrawnSinceTheLastReading() {
        energy(0, 5_000_000);

        assertEquals(new GpuMeter.Rise(4_321, true), energy(10, 5_004_321));
        assertEquals(new GpuMeter.Rise(0, true), energy(20, 5_004_321));
        assertEquals(new GpuMeter.Rise(7, true), energy(30, 5_004_328));
    }

    @Test
    void aCounterThatBeginsAgainCountsItsNewValue() {
        energy(0, 5_000_000);

        assertEquals(new GpuMeter.Rise(900, true), energy(10, 900));
        assertEquals(new GpuMeter.Rise(100, true), energy(20, 1_000));
    }

    @ParameterizedTest
    @CsvSource({
        // 800 W over 10 s, and a second for the counter's rhythm
        "10, 1008800, true", "10, 1008801, false",
        // after a fall the new value must be plausible too
        "10, 8800, true", "10, 8801, false",
        // half an hour
        "1800, 1001000, true", "1801, 1001000, false",
    })
    void aRiseIsBelievedAsFarAsABoardCanDrawIt(long seconds, double joules, boolean plausible) {
        energy(0, 1_000_000);

        var rise = energy(seconds, joules);

        assertNotNull(rise);
        assertEquals(plausible, rise.plausible());
        // it goes on from there in any case
        assertEquals(new GpuMeter.Rise(1, true), energy(seconds + 1, joules + 1));
    }

    @Test
    void aSampleThatIsNotLaterAddsNothingAndMovesNothing() {
        energy(20, 1_000);

        assertNull(energy(20, 1_500));
        assertNull(energy(10, 900));
        assertEquals(new GpuMeter.Rise(1_000, true), energy(30, 2_000));
    }

    @Test
    void whatPowerHasCountedIsNotCountedByTheCounterAgain() {
        energy(0, 1_000);
        read(at(10).power(50).interval(10)); // 500 J
        read(at(20).power(20).interval(10)); // 200 J

        assertEquals(new GpuMeter.Rise(300, true), energy(30, 2_000));
        // and a sample with both is counted by its power
        read(at(40).power(30).interval(10).energy(2_400));
        assertEquals(new GpuMeter.Rise(100, true), energy(50, 2_500));
        read(at(60).power(700).interval(10)); // more than the counter will say
        assertEquals(new GpuMeter.Rise(0, true), energy(70, 2_600));
    }

    @Test
    void anXidIsNewWhenItIsAnother() {
        assertEquals(List.of(0L, 1L, 0L, 0L, 1L, 0L, 1L), xids(0, 79, 79, 79, 48, 0, 48));
    }

    @Test
    void theFirstXidOfAGpuIsNew() {
        assertEquals(List.of(1L, 0L), xids(119, 119));
    }

    @Test
    void aSampleWithoutAnXidDoesNotMakeItNew() {
        assertEquals(List.of(1L), xids(31));
        assertNull(newErrors(at(50).power(10)));
        assertEquals(0L, newErrors(at(60).xid(31)));
    }

    @Test
    void aSampleThatIsNotLaterHasNoNewXid() {
        assertEquals(1L, newErrors(at(20).xid(13)));
        assertEquals(0L, newErrors(at(10).xid(45)));
        assertEquals(0L, newErrors(at(20).xid(45)));
        assertEquals(0L, newErrors(at(30).xid(13)));
    }

    @Test
    void aCounterOfErrorsCountsByItsRiseWhateverTheLastCodeIs() {
        assertEquals(1L, newErrors(at(0).xid(79).xidErrorsTotal(4)));
        assertEquals(0L, newErrors(at(10).xid(79).xidErrorsTotal(4)));
        assertEquals(3L, newErrors(at(20).xid(79).xidErrorsTotal(7)));
        assertEquals(1L, newErrors(at(30).xid(48).xidErrorsTotal(8)));
        assertEquals(2L, newErrors(at(40).xid(48).xidErrorsTotal(2))); // it began again
        assertEquals(0L, newErrors(at(35).xidErrorsTotal(9)));
        assertEquals(1L, newErrors(at(50).xidErrorsTotal(3)));
    }

    @Test
    void theFirstReadingOfACounterOfErrorsSaysNothing() {
        assertNull(newErrors(at(0).xidErrorsTotal(40)));
        assertEquals(2L, newErrors(at(10).xidErrorsTotal(42)));
    }

    @Test
    void whatIsInTheStoreCountsAsFarAsItIsLater() {
        meter.seed(stored(10, 1_000, 79));
        assertTrue(meter.isSeeded());

        assertEquals(new GpuMeter.Rise(50, true), energy(20, 1_050));
        assertEquals(0L, newErrors(at(20).xid(79)));

        meter.seed(stored(15, 1_020, 48)); // read in between
        assertEquals(new GpuMeter.Rise(50, true), energy(30, 1_100));
        assertEquals(0L, newErrors(at(30).xid(79)));
    }

    /** One reading per record: each counter goes by its own time. */
    @Test
    void readingsOfOneMomentAreReadInWhateverOrderTheyCome() {
        assertNull(newErrors(at(0).xidErrorsTotal(4)));
        assertEquals(0L, newErrors(at(0).xid(0)));

        assertEquals(1L, newErrors(at(10).xid(79)));
        assertEquals(2L, newErrors(at(10).xidErrorsTotal(7))); // of three the code has told one
        assertEquals(1L, newErrors(at(20).xidErrorsTotal(8)));
        assertEquals(0L, newErrors(at(20).xid(48))); // which the counter has told
        assertEquals(0L, newErrors(at(30).xid(48)));
        assertEquals(0L, newErrors(at(30).xidErrorsTotal(8)));
    }

    @Test
    void anErrorThatACodeHasToldIsNotToldByTheCounterAgainHoweverLateThatComes() {
        newErrors(at(0).xidErrorsTotal(4));
        assertEquals(1L, newErrors(at(10).xid(79)));
        assertEquals(0L, newErrors(at(20).xid(79)));

        assertEquals(1L, newErrors(at(30).xid(79).xidErrorsTotal(6)));
        assertEquals(1L, newErrors(at(40).xidErrorsTotal(7)));
    }

    /** The time that a sample stands for is that of its first word. */
    @Test
    void powerInASecondWordHasCountedOverTheTimeOfTheFirst() {
        energy(0, 1_000);
        var first = at(10).interval(10).build().values();
        meter.moment().note(first, 0);
        read(at(10).power(50).interval(15)); // 500 J

        assertEquals(new GpuMeter.Rise(300, true), energy(20, 1_800));
    }

    /** Whoever goes on by what is stored counts as whoever has read it all. */
    @Test
    void anotherMeterGoesOnFromItsState() {
        energy(0, 1_000);
        newErrors(at(0).xid(79).xidErrorsTotal(4));
        read(at(10).power(50).interval(10));
        newErrors(at(20).xid(48));
        read(at(30).power(20).interval(10));
        var another = new GpuMeter(at(0).build().record().partition());
        another.seed(new StoredReading(nanos(30), 10, NOTHING, meter.state()));

        for (var later :
                List.of(
                        at(30).power(20).interval(10),
                        at(20).xid(48),
                        at(40).xid(48).energy(2_000))) {
            var values = later.build().values();
            assertEquals(meter.newXidErrors(values), another.newXidErrors(values));
            assertEquals(meter.rise(values, LIMITS), another.rise(values, LIMITS));
            meter.read(values);
            another.read(values);
            assertEquals(meter.state(), another.state());
        }
        assertEquals(2L, another.newXidErrors(at(50).xidErrorsTotal(7).build().values()));
    }

    @Test
    void holdsForAPartitionUntilThatIsGivenAwayAndComesBack() {
        var other = new TestRows(EventTopic.GPU_METRICS, "topic-a", 3);
        var again = new TestRows(EventTopic.GPU_METRICS, "topic-a", 2);

        assertTrue(meter.holdsFor(at(0).build().record().partition()));
        assertTrue(meter.holdsFor(other.next(at(0).event()).record().partition()));
        assertFalse(meter.holdsFor(again.next(at(0).event()).record().partition()));
    }

    private GpuMeter.@Nullable Rise energy(long seconds, double joules) {
        return read(at(seconds).energy(joules));
    }

    private GpuMeter.@Nullable Rise read(Sample sample) {
        var values = sample.build().values();
        var rise = values.has(GpuMetric.ENERGY_J_TOTAL) ? meter.rise(values, LIMITS) : null;
        meter.read(values);
        return rise;
    }

    private @Nullable Long newErrors(Sample sample) {
        var values = sample.build().values();
        var errors = meter.newXidErrors(values);
        meter.read(values);
        return errors;
    }

    private List<@Nullable Long> xids(long... codes) {
        var found = new ArrayList<@Nullable Long>();
        for (long code : codes) {
            found.add(newErrors(at(found.size()).xid(code)));
        }
        return found;
    }

    private Sample at(long seconds) {
        return new Sample(seconds);
    }

    private static StoredReading stored(long second, double energyJ, long xid) {
        long at = nanos(second);
        var sample =
                new BsonDocument(GpuMetric.ENERGY_J_TOTAL.name(), new BsonDouble(energyJ))
                        .append(GpuMetric.XID.name(), new BsonInt64(xid));
        return new StoredReading(at, Double.NaN, MeterState.ofSample(sample, at), null);
    }

    private static long nanos(long seconds) {
        return START.plusSeconds(seconds).getEpochSecond() * 1_000_000_000;
    }

    private final class Sample {

        private final Event.Builder event;

        Sample(long seconds) {
            event =
                    GpuMetric.builder()
                            .set(GpuMetric.TS, START.plusSeconds(seconds))
                            .set(GpuMetric.HOST, "node-4")
                            .set(GpuMetric.GPU_INDEX, 6L)
                            .set(GpuMetric.NAME, "NVIDIA H200");
        }

        Sample energy(double joules) {
            event.set(GpuMetric.ENERGY_J_TOTAL, joules);
            return this;
        }

        Sample power(double watts) {
            event.set(GpuMetric.POWER_W, watts);
            return this;
        }

        Sample interval(double seconds) {
            event.set(GpuMetric.INTERVAL_S, seconds);
            return this;
        }

        Sample xid(long code) {
            event.set(GpuMetric.XID, code);
            return this;
        }

        Sample xidErrorsTotal(long total) {
            event.set(GpuMetric.XID_ERRORS_TOTAL, total);
            return this;
        }

        Event event() {
            return event.build();
        }

        Row build() {
            return samples.next(event());
        }
    }
}
