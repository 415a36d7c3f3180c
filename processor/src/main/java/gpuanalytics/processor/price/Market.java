package gpuanalytics.processor.price;

/** How a GPU is bought. One has a price per market, and no market stands in for another. */
public enum Market {
    ON_DEMAND,
    SPOT,
    RESERVED
}
