package gpuanalytics.placement.model.answer;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.placement.model.Judgement;
import gpuanalytics.placement.model.ModelState;
import gpuanalytics.placement.model.NaiveRule;
import gpuanalytics.placement.model.Prediction;
import java.io.IOException;
import java.util.Locale;

/** States of models and predictions as JSON: a number that is not known is null. */
public final class StateJson {

    private StateJson() {}

    /** Writes a target's state as an object. */
    static void write(JsonGenerator json, ModelState state) throws IOException {
        json.writeStartObject();
        json.writeStringField("target", state.target().label());
        json.writeStringField("unit", state.target().unit());
        json.writeBooleanField("serves", state.serves());
        json.writeStringField("since", state.since().toString());
        json.writeStringField("why", state.why());
        json.writeFieldName("model");
        var model = state.model();
        if (model == null) {
            json.writeNull();
        } else {
            write(json, model);
        }
        json.writeFieldName("last_day");
        var judged = state.judged();
        if (judged == null) {
            json.writeNull();
        } else {
            write(json, judged, state);
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, ModelState.Model model) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", model.id());
        json.writeStringField("trained_at", model.trainedAt().toString());
        json.writeStringField("from", model.from().toString());
        json.writeStringField("to", model.to().toString());
        json.writeNumberField("rows", model.rows());
        json.writeNumberField("trees", model.trees());
        json.writeNumberField("seed", model.seed());
        json.writeNumberField("training_s", model.took().toMillis() / 1e3);
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Judgement judged, ModelState state)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("from", judged.from().toString());
        json.writeStringField("to", judged.to().toString());
        json.writeNumberField("outcomes", judged.rows());
        json.writeObjectFieldStart("mean_absolute_error");
        write(json, "model", judged.error());
        var before = state.championError();
        write(json, "champion_before", before == null ? Double.NaN : before);
        for (var rule : NaiveRule.ALL) {
            var error = judged.naive().get(rule);
            write(json, rule.name().toLowerCase(Locale.ROOT), error == null ? Double.NaN : error);
        }
        json.writeEndObject();
        write(json, "coverage", judged.covered());
        json.writeEndObject();
    }

    /** Writes a prediction with what makes it up as an object. */
    public static void write(JsonGenerator json, Prediction prediction) throws IOException {
        json.writeStartObject();
        json.writeStringField("target", prediction.target().label());
        json.writeStringField("unit", prediction.target().unit());
        json.writeStringField("model", prediction.model());
        json.writeNumberField("value", prediction.value());
        write(json, "low", prediction.low());
        write(json, "high", prediction.high());
        json.writeNumberField("nominal_coverage", prediction.nominal());
        json.writeNumberField("confidence", prediction.confidence());
        json.writeNumberField("base", prediction.base());
        json.writeObjectFieldStart("contributions");
        for (var part : prediction.contributions().entrySet()) {
            json.writeNumberField(part.getKey().label(), part.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    /** Writes a number; null where it is none. */
    public static void write(JsonGenerator json, String name, double value) throws IOException {
        if (Double.isFinite(value)) {
            json.writeNumberField(name, value);
        } else {
            json.writeNullField(name);
        }
    }
}
