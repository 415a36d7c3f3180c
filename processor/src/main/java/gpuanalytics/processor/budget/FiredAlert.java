package gpuanalytics.processor.budget;

import java.time.Instant;

/** A share of a budget that spending has reached, and when that was found. */
public record FiredAlert(String budget, int percent, Instant at) {}
