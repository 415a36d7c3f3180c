package gpuanalytics.processor.api;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.processor.budget.Budget;
import gpuanalytics.processor.budget.BudgetList;
import gpuanalytics.processor.budget.Budgets;
import gpuanalytics.processor.kept.Fields;
import gpuanalytics.processor.kept.RefusedListException;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Json;
import gpuanalytics.service.http.Problem;
import gpuanalytics.service.http.ProblemException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Answers {@code /budgets}: how each one stands, and new ones. */
final class BudgetAnswers {

    private final Budgets budgets;

    BudgetAnswers(Budgets budgets) {
        this.budgets = budgets;
    }

    Answer get(Endpoint.Request request) {
        var held = budgets.held();
        var states = budgets.states(held.budgets());
        return Answer.ok(
                request.mediaType(),
                Json.streamed(
                        json -> {
                            begin(json, held);
                            for (var state : states) {
                                writeState(json, state);
                            }
                            end(json);
                        }));
    }

    Answer put(Endpoint.Request request) {
        try {
            var put = BudgetList.json(request.body(), budgets.config().most());
            var held = budgets.put(put.budgets(), WhoPuts.of(put.by(), request.headers()));
            return Answer.ok(
                    request.mediaType(),
                    Json.bytes(
                            json -> {
                                begin(json, held);
                                for (var budget : held.budgets()) {
                                    json.writeStartObject();
                                    writeBudget(json, budget);
                                    json.writeEndObject();
                                }
                                end(json);
                            }));
        } catch (RefusedListException e) {
            throw new ProblemException(Problem.invalidBody(e.faults()));
        }
    }

    private static void begin(JsonGenerator json, Budgets.Held held) throws IOException {
        json.writeStartObject();
        writeField(json, "created_at", held.createdAt().orElse(null));
        writeField(json, BudgetList.BY, held.by().orElse(null));
        json.writeArrayFieldStart(BudgetList.BUDGETS);
    }

    private static void end(JsonGenerator json) throws IOException {
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeBudget(JsonGenerator json, Budget budget) throws IOException {
        json.writeStringField(BudgetList.NAME, budget.name());
        writeField(json, BudgetList.TEAM, budget.scope().team().orElse(null));
        writeField(json, BudgetList.USER, budget.scope().user().orElse(null));
        writeField(json, BudgetList.MODEL, budget.scope().model().orElse(null));
        writeField(json, BudgetList.PROJECT, budget.scope().project().orElse(null));
        json.writeStringField(BudgetList.PERIOD, Fields.lower(budget.period()));
        json.writeNumberField(BudgetList.USD, budget.usd());
        writeField(
                json,
                BudgetList.THRESHOLDS,
                budget.thresholdsPercent().stream().map(Integer::longValue).toList());
    }

    private static void writeState(JsonGenerator json, Budgets.State state) throws IOException {
        json.writeStartObject();
        writeBudget(json, state.budget());
        writeField(json, "period_start", state.periodStart());
        writeField(json, "period_end", state.periodEnd());
        json.writeNumberField("spent_usd", state.spent().usd());
        json.writeBooleanField("priced", state.spent().isPriced());
        writeField(json, "forecast_usd", state.forecastUsd().orElse(null));
        json.writeArrayFieldStart("alerts");
        for (var alert : state.fired()) {
            json.writeStartObject();
            json.writeNumberField("threshold_percent", alert.percent());
            writeField(json, "at", alert.at());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeField(JsonGenerator json, String name, @Nullable Object value)
            throws IOException {
        json.writeFieldName(name);
        JsonValues.write(json, value);
    }
}
