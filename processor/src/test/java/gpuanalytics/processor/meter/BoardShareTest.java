package gpuanalytics.processor.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuanalytics.event.EventTopic;
import gpuanalytics.event.GpuMetric;
import gpuanalytics.processor.consume.TestRows;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which part of its board a sample is of, by the names that drivers and exporters give. */
class BoardShareTest {

    @ParameterizedTest
    @CsvSource({
        "NVIDIA H100 80GB HBM3, GPU-1, , , 1",
        "NVIDIA H100 80GB HBM3, GPU-1, 7, 1g.10gb, 0.142857142857",
        "NVIDIA H100 80GB HBM3, GPU-1, 7, 1g.20gb, 0.142857142857",
        "NVIDIA H200, GPU-1, 3, 2g.35gb, 0.285714285714",
        "NVIDIA H200, GPU-1, 0, 7g.141gb, 1",
        "NVIDIA A100-SXM4-40GB, GPU-1, 9, 1g.5gb+me, 0.142857142857",
        "NVIDIA A100-SXM4-40GB, GPU-1, 9, 3G.20GB, 0.428571428571",
        "NVIDIA A100-SXM4-40GB, GPU-1, 9, MIG 1c.3g.20gb, 0.142857142857",
        "NVIDIA A30, GPU-1, 5, 1g.6gb, 0.25",
        "NVIDIA A30, GPU-1, 5, 4g.24gb, 1",
        "NVIDIA A30X, GPU-1, 5, 2g.12gb, 0.285714285714",
        "NVIDIA RTX PRO 6000 Blackwell Server Edition, GPU-1, 1, 2g.48gb, 0.5",
        // the size stands elsewhere
        "NVIDIA A100-SXM4-80GB MIG 2g.20gb, MIG-8a1f, , , 0.285714285714",
        "NVIDIA B200, GPU-1, 1g.23gb, , 0.142857142857",
        "NVIDIA B200, GPU-1, MIG 4g.90gb, , 0.571428571428",
        // and nowhere
        "NVIDIA A100, GPU-32, 1, , NaN",
        "NVIDIA A100, GPU-32, 1, small, NaN",
        "NVIDIA A100, MIG-5c12, , , NaN",
    })
    void isItsSlicesByThoseOfItsBoard(
            String name, String uuid, String migId, String profile, double share) {
        var sample =
                GpuMetric.builder()
                        .set(GpuMetric.TS, Instant.parse("2026-01-31T12:00:00Z"))
                        .set(GpuMetric.HOST, "node-4")
                        .set(GpuMetric.GPU_UUID, uuid)
                        .set(GpuMetric.MIG_ID, migId)
                        .set(GpuMetric.MIG_PROFILE, profile)
                        .set(GpuMetric.NAME, name)
                        .build();

        var found = BoardShare.of(new TestRows(EventTopic.GPU_METRICS, "topic-a", 0).next(sample));

        assertEquals(share, found, 1e-11);
    }
}
