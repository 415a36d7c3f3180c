package gpuanalytics.processor.price;

/** The names in a list of prices: in a file, in a body and in the store. */
public final class PriceFields {

    public static final String GPUS = "gpus";
    public static final String MODELS = "models";
    public static final String MODEL = "model";
    public static final String ALIASES = "aliases";
    public static final String PRICES = "prices";
    public static final String MARKET = "market";
    public static final String USD_PER_HOUR = "usd_per_hour";
    public static final String USD_PER_MILLION = "usd_per_million";
    public static final String EFFECTIVE_FROM = "effective_from";
    public static final String EFFECTIVE_TO = "effective_to";
    public static final String SOURCE = "source";

    /** Who put a list. */
    public static final String BY = "by";

    private PriceFields() {}
}
