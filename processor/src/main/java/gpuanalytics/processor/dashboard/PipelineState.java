package gpuanalytics.processor.dashboard;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.service.health.HealthReport;
import gpuanalytics.service.http.AdminEndpoints;
import java.io.IOException;
import java.time.Instant;

/**
 * How the pipeline is doing, at one moment.
 *
 * @param at the moment
 * @param counts what it has done since its start
 * @param drainSeconds how long the lag takes; infinite or NaN where that is not known
 * @param saturated whether more comes than the store takes
 * @param health the state of every part
 */
public record PipelineState(
        Instant at, Counts counts, double drainSeconds, boolean saturated, HealthReport health) {

    /**
     * Counts since the start.
     *
     * @param received records read
     * @param stored events stored for the first time
     * @param duplicates events that were stored already
     * @param rejected records in the dead letters
     * @param lag records in the topics that are not done; negative where not known
     * @param writes documents of the store that were written, rollups too: where it has not moved,
     *     no answer has changed
     */
    public record Counts(
            long received, long stored, long duplicates, long rejected, long lag, long writes) {}

    /** Writes it as a JSON object; what is not known is null. */
    void writeTo(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("at", at.toString());
        json.writeNumberField("received", counts.received());
        json.writeNumberField("stored", counts.stored());
        json.writeNumberField("duplicates", counts.duplicates());
        json.writeNumberField("rejected", counts.rejected());
        if (counts.lag() < 0) {
            json.writeNullField("lag");
        } else {
            json.writeNumberField("lag", counts.lag());
        }
        if (Double.isFinite(drainSeconds)) {
            json.writeNumberField("drain_s", drainSeconds);
        } else {
            json.writeNullField("drain_s");
        }
        json.writeBooleanField("saturated", saturated);
        json.writeFieldName("health");
        AdminEndpoints.write(json, health);
        json.writeEndObject();
    }
}
