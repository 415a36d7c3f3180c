package gpuanalytics.processor.price;

import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.Map;

/**
 * What a list says of an API model.
 *
 * @param usdPerMillion USD per million tokens of the classes that have a price; not negative, 0 is
 *     a price
 * @param source where the prices are from, such as an address; may be empty
 */
public record TokenRate(Map<TokenClass, BigDecimal> usdPerMillion, Validity validity, String source)
        implements Rate {

    public TokenRate {
        if (usdPerMillion.isEmpty()) {
            throw new IllegalArgumentException("no price, expected one of a class of tokens");
        }
        var plain = new EnumMap<TokenClass, BigDecimal>(TokenClass.class);
        usdPerMillion.forEach(
                (tokens, usd) -> {
                    Rate.requireNotNegative(tokens.name(), usd);
                    plain.put(tokens, Rate.plain(usd));
                });
        usdPerMillion = Map.copyOf(plain);
    }
}
