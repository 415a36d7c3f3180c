package gpuanalytics.processor.api;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One value of a row: a member in JSON, a column in CSV. A name with a dot, such as {@code
 * power_w.mean}, is a member of an object in JSON and {@code power_w_mean} in CSV.
 *
 * @param name its name
 * @param value its value in a row: text, number, flag, time or a list of texts; null where it is
 *     absent
 */
record Column<R>(String name, Function<R, @Nullable Object> value) {

    String csvName() {
        return name.replace('.', '_');
    }
}
