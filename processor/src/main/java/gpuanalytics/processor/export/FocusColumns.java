package gpuanalytics.processor.export;

import static java.nio.charset.StandardCharsets.UTF_8;

import gpuanalytics.processor.ledger.Charge;
import gpuanalytics.processor.ledger.CostDimension;
import gpuanalytics.processor.ledger.LedgerExport.Notes;
import gpuanalytics.processor.price.Market;
import gpuanalytics.processor.query.GroupValue;
import gpuanalytics.service.http.Json;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The columns of FOCUS 1.2 that charges of the ledger have a value for, all mandatory ones among
 * them, in the order of their names, and four of our own behind.
 */
public final class FocusColumns {

    private static final String USD = "USD";

    /** Labels of usages; the GPU and its model stand in columns of their own. */
    private static final List<CostDimension> TAGS =
            List.of(
                    CostDimension.MODEL,
                    CostDimension.TEAM,
                    CostDimension.USER,
                    CostDimension.PROJECT,
                    CostDimension.NAMESPACE,
                    CostDimension.HOST);

    private final ExportConfig config;
    private final Market market;
    private final Notes notes;

    private FocusColumns(ExportConfig config, Market market, Notes notes) {
        this.config = config;
        this.market = market;
        this.notes = notes;
    }

    /**
     * The columns.
     *
     * @param market how GPUs are bought
     * @param notes of the export
     */
    public static List<FocusColumn> of(ExportConfig config, Market market, Notes notes) {
        var columns = new FocusColumns(config, market, notes);
        return Stream.of(columns.charge(), columns.amounts(), columns.what(), columns.own())
                .flatMap(List::stream)
                .toList();
    }

    private List<FocusColumn> charge() {
        return List.of(
                new FocusColumn("BilledCost", Charge::usd),
                new FocusColumn("BillingAccountId", _ -> config.accountId()),
                new FocusColumn("BillingAccountName", _ -> config.accountName().orElse(null)),
                new FocusColumn("BillingCurrency", _ -> USD),
                new FocusColumn("BillingPeriodEnd", charge -> month(charge, 1)),
                new FocusColumn("BillingPeriodStart", charge -> month(charge, 0)),
                new FocusColumn("ChargeCategory", _ -> "Usage"),
                new FocusColumn("ChargeClass", _ -> null), // nothing corrects an earlier bill
                new FocusColumn("ChargeDescription", FocusMeter::description),
                new FocusColumn("ChargeFrequency", _ -> "Usage-Based"),
                new FocusColumn("ChargePeriodEnd", Charge::end),
                new FocusColumn("ChargePeriodStart", Charge::start));
    }

    private List<FocusColumn> amounts() {
        return List.of(
                new FocusColumn("ConsumedQuantity", FocusMeter::consumedQuantity),
                new FocusColumn("ConsumedUnit", charge -> FocusMeter.consumedUnit(charge.meter())),
                new FocusColumn("ContractedCost", Charge::usd),
                new FocusColumn("ContractedUnitPrice", Charge::unitUsd),
                new FocusColumn("EffectiveCost", Charge::usd),
                new FocusColumn("InvoiceIssuerName", _ -> config.provider()),
                new FocusColumn("ListCost", Charge::usd),
                new FocusColumn("ListUnitPrice", Charge::unitUsd),
                new FocusColumn("PricingCategory", this::pricingCategory),
                new FocusColumn("PricingQuantity", FocusMeter::pricingQuantity),
                new FocusColumn("PricingUnit", charge -> FocusMeter.pricingUnit(charge.meter())));
    }

    private List<FocusColumn> what() {
        return List.of(
                new FocusColumn("ProviderName", _ -> config.provider()),
                new FocusColumn("PublisherName", _ -> config.provider()),
                new FocusColumn("ResourceId", charge -> text(charge, CostDimension.GPU)),
                new FocusColumn("ResourceName", FocusColumns::resourceName),
                new FocusColumn(
                        "ResourceType",
                        charge -> text(charge, CostDimension.GPU) == null ? null : "GPU"),
                new FocusColumn(
                        "ServiceCategory", charge -> FocusMeter.serviceCategory(charge.meter())),
                new FocusColumn("ServiceName", charge -> FocusMeter.serviceName(charge.meter())),
                new FocusColumn(
                        "ServiceSubcategory",
                        charge -> FocusMeter.serviceSubcategory(charge.meter())),
                new FocusColumn("SkuId", FocusMeter::skuId),
                new FocusColumn("SkuMeter", charge -> FocusMeter.name(charge.meter())),
                new FocusColumn("SkuPriceDetails", FocusColumns::skuPriceDetails),
                new FocusColumn(
                        "SkuPriceId", charge -> FocusMeter.skuId(charge) + "/" + price(charge)),
                new FocusColumn("SubAccountId", charge -> text(charge, CostDimension.TEAM)),
                new FocusColumn("SubAccountName", charge -> text(charge, CostDimension.TEAM)),
                new FocusColumn("Tags", FocusColumns::tags));
    }

    private List<FocusColumn> own() {
        return List.of(
                new FocusColumn("x_CostPart", charge -> charge.meter().partLabel()),
                new FocusColumn("x_CostBasis", _ -> notes.basis().label()),
                new FocusColumn("x_PriceVersion", _ -> notes.priceVersion()),
                new FocusColumn("x_FoldedLabels", FocusColumns::folded));
    }

    /** The first moment of a charge's month, or of one after it. */
    private static Instant month(Charge charge, int later) {
        var day = LocalDate.ofInstant(charge.start(), ZoneOffset.UTC);
        return day.with(TemporalAdjusters.firstDayOfMonth())
                .plusMonths(later)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
    }

    private String pricingCategory(Charge charge) {
        if (!charge.meter().isTime()) {
            return "Standard";
        }
        if (charge.isProvided()) {
            return "Other";
        }
        return switch (market) {
            case ON_DEMAND, RESERVED -> "Standard";
            case SPOT -> "Dynamic";
        };
    }

    /** Which of the prices of an SKU it is. */
    private String price(Charge charge) {
        if (!charge.meter().isTime()) {
            return "list";
        }
        return charge.isProvided() ? "provided" : market.name().toLowerCase(Locale.ROOT);
    }

    private static @Nullable String resourceName(Charge charge) {
        if (text(charge, CostDimension.GPU) == null) {
            return null;
        }
        var model = Optional.ofNullable(text(charge, CostDimension.GPU_MODEL)).orElse("GPU");
        var host = text(charge, CostDimension.HOST);
        return host == null ? model : model + " in " + host;
    }

    private static String skuPriceDetails(Charge charge) {
        var details = new LinkedHashMap<String, Object>();
        if (charge.meter().isTime()) {
            details.put("F_GpuCount", 1);
            details.put("GpuModel", FocusMeter.model(charge));
        } else {
            details.put("Model", FocusMeter.model(charge));
            details.put("TokenType", FocusMeter.kind(charge.meter()));
        }
        return json(details);
    }

    private static @Nullable String tags(Charge charge) {
        var tags = new LinkedHashMap<String, Object>();
        for (var dimension : TAGS) {
            var value = text(charge, dimension);
            if (value != null) {
                tags.put(dimension.label(), value);
            }
        }
        return tags.isEmpty() ? null : json(tags);
    }

    private static @Nullable String folded(Charge charge) {
        var folded =
                Stream.of(CostDimension.values())
                        .filter(dimension -> GroupValue.isFolded(charge.value(dimension)))
                        .map(CostDimension::label)
                        .collect(Collectors.joining(" "));
        return folded.isEmpty() ? null : folded;
    }

    private static @Nullable String text(Charge charge, CostDimension dimension) {
        return GroupValue.text(charge.value(dimension));
    }

    private static String json(Map<String, Object> pairs) {
        var written =
                Json.bytes(
                        json -> {
                            json.writeStartObject();
                            for (var pair : pairs.entrySet()) {
                                json.writeFieldName(pair.getKey());
                                if (pair.getValue() instanceof Integer number) {
                                    json.writeNumber(number);
                                } else {
                                    json.writeString(pair.getValue().toString());
                                }
                            }
                            json.writeEndObject();
                        });
        return new String(written.bytes(), UTF_8);
    }
}
