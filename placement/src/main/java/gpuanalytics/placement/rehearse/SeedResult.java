package gpuanalytics.placement.rehearse;

/**
 * What came of one run.
 *
 * @param allocatedPercent how much of all GPUs is allocated
 * @param fragmentedPercent how much of what is not allocated the typical requests cannot use
 * @param strandings what each kind of request did to the GPUs of each model, up to the comparison
 */
public record SeedResult(Curve allocatedPercent, Curve fragmentedPercent, Strandings strandings) {}
