package gpuanalytics.processor.budget;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import gpuanalytics.processor.kept.Fields;

/** What somebody is told of an alert. */
final class AlertMessage {

    private AlertMessage() {}

    static String of(Alert alert) {
        var budget = alert.budget();
        var message =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("type", "budget.threshold")
                        .put("timestamp", alert.at().toString());
        var data =
                message.putObject("data")
                        .put("budget", budget.name())
                        .put("threshold_percent", alert.percent())
                        .put("spent_usd", alert.spentUsd())
                        .put("budget_usd", budget.usd())
                        .put("period", Fields.lower(budget.period()))
                        .put("period_start", alert.periodStart().toString())
                        .put("period_end", budget.period().end(alert.periodStart()).toString());
        budget.scope().team().ifPresent(team -> data.put(BudgetList.TEAM, team));
        budget.scope().user().ifPresent(user -> data.put(BudgetList.USER, user));
        budget.scope().model().ifPresent(model -> data.put(BudgetList.MODEL, model));
        budget.scope().project().ifPresent(project -> data.put(BudgetList.PROJECT, project));
        return message.toString();
    }
}
