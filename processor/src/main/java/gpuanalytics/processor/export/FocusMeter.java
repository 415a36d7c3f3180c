package gpuanalytics.processor.export;

import gpuanalytics.processor.ledger.Charge;
import gpuanalytics.processor.ledger.Charge.Meter;
import gpuanalytics.processor.ledger.CostDimension;
import gpuanalytics.processor.query.GroupValue;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Objects;

/** What is charged, in the words of FOCUS: services, SKUs, units and quantities. */
final class FocusMeter {

    static final String GPU_HOURS = "GPU-Hours";
    static final String TOKENS = "Tokens";
    static final String MILLION_TOKENS = "1000000 Tokens";

    /** As many as costs have: a price times a quantity is its cost, but for the last digits. */
    private static final int HOUR_DIGITS = 16;

    private static final int MILLION_DIGITS = 6;
    private static final BigDecimal US_PER_HOUR = BigDecimal.valueOf(3_600_000_000L);
    private static final String UNNAMED = "unknown";

    private FocusMeter() {}

    /** Whose SKU it is: time of GPUs, tokens of GPUs of one's own, or of an API. */
    private enum Service {
        GPU("gpu", "GPU Time", "Compute", "Other (Compute)"),
        OWN("own", "Self-Hosted Models", "AI and Machine Learning", "Generative AI"),
        API("api", "Model APIs", "AI and Machine Learning", "Generative AI");

        private final String sku;
        private final String label;
        private final String category;
        private final String subcategory;

        Service(String sku, String label, String category, String subcategory) {
            this.sku = sku;
            this.label = label;
            this.category = category;
            this.subcategory = subcategory;
        }
    }

    private static Service service(Meter meter) {
        return switch (meter) {
            case GPU_INPUT, GPU_OUTPUT, GPU_IDLE, GPU_UNKNOWN -> Service.GPU;
            case OWN_INPUT, OWN_OUTPUT -> Service.OWN;
            case API_INPUT, API_CACHED_INPUT, API_CACHE_WRITE, API_OUTPUT, API_REASONING ->
                    Service.API;
        };
    }

    static String serviceName(Meter meter) {
        return service(meter).label;
    }

    static String serviceCategory(Meter meter) {
        return service(meter).category;
    }

    static String serviceSubcategory(Meter meter) {
        return service(meter).subcategory;
    }

    /** What is measured, in FOCUS's SkuMeter. */
    static String name(Meter meter) {
        return switch (meter) {
            case GPU_INPUT -> "GPU Time for Input Tokens";
            case GPU_OUTPUT -> "GPU Time for Output Tokens";
            case GPU_IDLE -> "Idle GPU Time";
            case GPU_UNKNOWN -> "Unknown GPU Time";
            case OWN_INPUT -> "Input Tokens on Own GPUs";
            case OWN_OUTPUT -> "Output Tokens on Own GPUs";
            case API_INPUT -> "Input Tokens";
            case API_CACHED_INPUT -> "Cached Input Tokens";
            case API_CACHE_WRITE -> "Cache Write Tokens";
            case API_OUTPUT -> "Output Tokens";
            case API_REASONING -> "Reasoning Tokens";
        };
    }

    /** The end of an SKU's name. */
    static String kind(Meter meter) {
        return switch (meter) {
            case GPU_INPUT, OWN_INPUT, API_INPUT -> "input";
            case GPU_OUTPUT, OWN_OUTPUT, API_OUTPUT -> "output";
            case GPU_IDLE -> "idle";
            case GPU_UNKNOWN -> "unknown";
            case API_CACHED_INPUT -> "cached-input";
            case API_CACHE_WRITE -> "cache-write";
            case API_REASONING -> "reasoning";
        };
    }

    /** The model of the GPU, or of the tokens. */
    static String model(Charge charge) {
        var dimension = charge.meter().isTime() ? CostDimension.GPU_MODEL : CostDimension.MODEL;
        return Objects.requireNonNullElse(GroupValue.text(charge.value(dimension)), UNNAMED);
    }

    static String skuId(Charge charge) {
        return "%s/%s/%s"
                .formatted(service(charge.meter()).sku, model(charge), kind(charge.meter()));
    }

    static String description(Charge charge) {
        var text = name(charge.meter()) + ", " + model(charge);
        return service(charge.meter()) == Service.OWN ? text + ", charged as GPU time" : text;
    }

    static String pricingUnit(Meter meter) {
        return meter.isTime() ? GPU_HOURS : MILLION_TOKENS;
    }

    static BigDecimal pricingQuantity(Charge charge) {
        var quantity = BigDecimal.valueOf(charge.quantity());
        return plain(
                charge.meter().isTime()
                        ? quantity.divide(US_PER_HOUR, HOUR_DIGITS, RoundingMode.HALF_EVEN)
                        : quantity.movePointLeft(MILLION_DIGITS));
    }

    static String consumedUnit(Meter meter) {
        return meter.isTime() ? GPU_HOURS : TOKENS;
    }

    static BigDecimal consumedQuantity(Charge charge) {
        return charge.meter().isTime()
                ? pricingQuantity(charge)
                : BigDecimal.valueOf(charge.quantity());
    }

    private static BigDecimal plain(BigDecimal number) {
        var stripped = number.stripTrailingZeros();
        return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
    }
}
