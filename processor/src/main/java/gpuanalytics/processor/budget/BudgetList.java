package gpuanalytics.processor.budget;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gpuanalytics.processor.kept.Faults;
import gpuanalytics.processor.kept.Fields;
import gpuanalytics.processor.kept.RefusedListException;
import gpuanalytics.processor.kept.Trees;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Budgets as text: read strictly, every fault told. */
public final class BudgetList {

    public static final String BUDGETS = "budgets";
    public static final String BY = "by";
    public static final String NAME = "name";
    public static final String TEAM = "team";
    public static final String USER = "user";
    public static final String MODEL = "model";
    public static final String PROJECT = "project";
    public static final String PERIOD = "period";
    public static final String USD = "usd";
    public static final String THRESHOLDS = "thresholds_percent";

    private static final List<String> FIELDS =
            List.of(NAME, TEAM, USER, MODEL, PROJECT, PERIOD, USD, THRESHOLDS);
    private static final List<Integer> DEFAULT_THRESHOLDS = List.of(80, 100);
    private static final long MAX_USD = 1_000_000_000;
    private static final int MAX_PERCENT = 1000;
    private static final int MAX_THRESHOLDS = 10;

    /**
     * Budgets that somebody puts.
     *
     * @param by who, where the body says so
     */
    public record Put(List<Budget> budgets, Optional<String> by) {}

    private BudgetList() {}

    /**
     * The budgets of a body.
     *
     * @param most how many there may be
     * @throws RefusedListException with every fault
     */
    public static Put json(byte[] body, int most) throws RefusedListException {
        var tree = Trees.json(body);
        var faults = new Faults();
        var fields = Fields.of(tree, "", List.of(BUDGETS, BY), faults);
        var by = fields.text(BY);
        var budgets = read(fields, faults);
        if (budgets.size() > most) {
            faults.add(
                    BUDGETS, budgets.size() + " long", "at most %d (BUDGETS_MAX)".formatted(most));
        }
        faults.check();
        return new Put(budgets, by);
    }

    /** The budgets as they are kept. */
    static List<Budget> kept(JsonNode tree) throws RefusedListException {
        var faults = new Faults();
        var budgets = read(Fields.of(tree, "", List.of(BUDGETS), faults), faults);
        faults.check();
        return budgets;
    }

    private static List<Budget> read(Fields fields, Faults faults) {
        if (fields.value(BUDGETS).isEmpty()) {
            fields.absent(BUDGETS, "a list, empty for no budgets");
        }
        var nodes = fields.elements(BUDGETS);
        var budgets = new ArrayList<Budget>();
        var names = new HashSet<String>();
        for (int i = 0; i < nodes.size(); i++) {
            var each = Fields.of(nodes.get(i), "%s[%d]".formatted(BUDGETS, i), FIELDS, faults);
            var budget = budget(each, faults);
            if (!names.add(budget.name()) && !budget.name().isEmpty()) {
                faults.add(each.path(NAME), budget.name(), "another name for each budget");
            }
            budgets.add(budget);
        }
        return budgets;
    }

    private static Budget budget(Fields fields, Faults faults) {
        var name = fields.requiredText(NAME, "a name for the budget").orElse("");
        var scope =
                new SpendScope(
                        scoped(fields, TEAM, faults),
                        scoped(fields, USER, faults),
                        scoped(fields, MODEL, faults),
                        scoped(fields, PROJECT, faults));
        var period = fields.choice(PERIOD, Period.MONTH).orElse(Period.MONTH);
        var usd = fields.requiredUsd(USD, MAX_USD);
        if (usd.isPresent() && usd.get().signum() == 0) {
            faults.add(fields.path(USD), "0", "more than 0");
        }
        return new Budget(
                name, scope, period, usd.orElse(BigDecimal.ONE), thresholds(fields, faults));
    }

    /** An empty text would be read as everybody, and may be meant as nobody. */
    private static Optional<String> scoped(Fields fields, String name, Faults faults) {
        if (fields.isEmptyText(name)) {
            faults.add(fields.path(name), "empty", "a text, or none for all");
        }
        return fields.text(name);
    }

    private static List<Integer> thresholds(Fields fields, Faults faults) {
        if (fields.value(THRESHOLDS).isEmpty()) {
            return DEFAULT_THRESHOLDS;
        }
        var thresholds = new ArrayList<Integer>();
        for (var node : fields.elements(THRESHOLDS)) {
            if (node.isInt() || (node.isNumber() && isWhole(node))) {
                thresholds.add(node.decimalValue().intValue());
            } else {
                thresholds.add(0);
            }
        }
        boolean right = thresholds.size() <= MAX_THRESHOLDS;
        for (int i = 0; i < thresholds.size(); i++) {
            int before = i == 0 ? 0 : thresholds.get(i - 1);
            right &= thresholds.get(i) > before && thresholds.get(i) <= MAX_PERCENT;
        }
        if (!right) {
            faults.add(
                    fields.path(THRESHOLDS),
                    String.valueOf(fields.value(THRESHOLDS).orElseThrow()),
                    "up to %d whole numbers from 1 to %d, each larger than the one before it"
                            .formatted(MAX_THRESHOLDS, MAX_PERCENT));
        }
        return thresholds;
    }

    private static boolean isWhole(JsonNode node) {
        var number = node.decimalValue();
        return number.precision() < MAX_THRESHOLDS
                && Math.abs(number.scale()) < MAX_THRESHOLDS
                && number.stripTrailingZeros().scale() <= 0;
    }

    /** The budgets as an object that is read as the same budgets. */
    static ObjectNode tree(List<Budget> budgets) {
        var tree = JsonNodeFactory.instance.objectNode();
        var list = tree.putArray(BUDGETS);
        for (var budget : budgets) {
            var node = list.addObject().put(NAME, budget.name());
            budget.scope().team().ifPresent(team -> node.put(TEAM, team));
            budget.scope().user().ifPresent(user -> node.put(USER, user));
            budget.scope().model().ifPresent(model -> node.put(MODEL, model));
            budget.scope().project().ifPresent(project -> node.put(PROJECT, project));
            node.put(PERIOD, Fields.lower(budget.period())).put(USD, budget.usd());
            var thresholds = node.putArray(THRESHOLDS);
            budget.thresholdsPercent().forEach(thresholds::add);
        }
        return tree;
    }
}
