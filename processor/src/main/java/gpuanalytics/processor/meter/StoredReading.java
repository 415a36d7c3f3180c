package gpuanalytics.processor.meter;

/**
 * What the latest stored sample of a GPU says of its counters.
 *
 * @param at its time in nanoseconds since 1970
 * @param energyJ NaN for none
 * @param xid -1 for none
 * @param xidErrorsTotal -1 for none
 */
record StoredReading(long at, double energyJ, long xid, long xidErrorsTotal) {}
