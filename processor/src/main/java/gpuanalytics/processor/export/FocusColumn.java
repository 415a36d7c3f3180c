package gpuanalytics.processor.export;

import gpuanalytics.processor.ledger.Charge;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A column of FOCUS.
 *
 * @param name its Column ID
 * @param value text, decimal or time; null where it is null
 */
public record FocusColumn(String name, Function<Charge, @Nullable Object> value) {}
