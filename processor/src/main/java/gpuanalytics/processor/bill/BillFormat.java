package gpuanalytics.processor.bill;

import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Whose columns a file has. Those that not every export has may be absent. */
@SuppressWarnings("ImmutableEnumChecker") // Map.of and records of texts hold what they were given
public enum BillFormat {
    CUR(
            "AWS CUR 2.0",
            Map.of(CostKind.BILLED, "line_item_unblended_cost"),
            new Columns(
                    "line_item_usage_start_date",
                    "line_item_usage_end_date",
                    "line_item_currency_code",
                    "product_instance_type",
                    "line_item_resource_id",
                    "line_item_line_item_type")),
    LEGACY_CUR(
            "AWS CUR (legacy)",
            Map.of(CostKind.BILLED, "lineItem/UnblendedCost"),
            new Columns(
                    "lineItem/UsageStartDate",
                    "lineItem/UsageEndDate",
                    "lineItem/CurrencyCode",
                    "product/instanceType",
                    "lineItem/ResourceId",
                    "lineItem/LineItemType")),
    /** Instance types are properties of a SKU's price. */
    FOCUS(
            "FOCUS",
            Map.of(CostKind.BILLED, "BilledCost", CostKind.EFFECTIVE, "EffectiveCost"),
            new Columns(
                    "ChargePeriodStart",
                    "ChargePeriodEnd",
                    "BillingCurrency",
                    "SkuPriceDetails",
                    "ResourceId",
                    "ChargeCategory"));

    /** Which cost of a line counts. */
    public enum CostKind {
        BILLED,
        EFFECTIVE
    }

    /**
     * The names of columns.
     *
     * @param lineType what kind of charge a line is, such as Usage or Tax
     */
    record Columns(
            String start,
            String end,
            String currency,
            String instanceType,
            String resource,
            String lineType) {

        Stream<String> all() {
            return Stream.of(start, end, currency, instanceType, resource, lineType);
        }
    }

    private final String label;

    private final Map<CostKind, String> costs;

    private final Columns columns;

    BillFormat(String label, Map<CostKind, String> costs, Columns columns) {
        this.label = label;
        this.costs = costs;
        this.columns = columns;
    }

    /** Its name. */
    public String label() {
        return label;
    }

    Columns columns() {
        return columns;
    }

    /** The column of a cost; empty where the format has none. */
    Optional<String> cost(CostKind kind) {
        return Optional.ofNullable(costs.get(kind));
    }

    /** The format that most columns of a header are of; empty where none is of any. */
    static Optional<BillFormat> nearest(ColumnNames names) {
        return Stream.of(values())
                .filter(format -> format.known().anyMatch(names::has))
                .max(Comparator.comparingLong(format -> format.known().filter(names::has).count()));
    }

    /** All its columns that are looked at. */
    private Stream<String> known() {
        return Stream.concat(columns.all(), costs.values().stream());
    }

    /** The columns without which a file cannot be summed up, as one text for each format. */
    static String expected() {
        return Stream.of(values())
                .map(
                        format ->
                                "%s (%s and %s)"
                                        .formatted(
                                                format.label,
                                                format.costs.values().stream()
                                                        .sorted()
                                                        .collect(Collectors.joining(" or ")),
                                                format.columns.start))
                .collect(Collectors.joining(", "));
    }
}
