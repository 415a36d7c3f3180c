package gpuanalytics.processor.price;

import java.util.Comparator;

/**
 * A dated price of a model.
 *
 * @param list the version of the list that has it
 */
public record ListedPrice(String model, Rate rate, String list) {

    static final Comparator<ListedPrice> BY_NAME =
            Comparator.comparing(ListedPrice::model)
                    .thenComparing(
                            listed ->
                                    switch (listed.rate()) {
                                        case GpuRate gpu -> gpu.market().name();
                                        case TokenRate _ -> "";
                                    });
}
