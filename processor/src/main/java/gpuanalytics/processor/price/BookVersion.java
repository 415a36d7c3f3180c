package gpuanalytics.processor.price;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The name of what a book says: twelve hexadecimal digits of a digest. */
final class BookVersion {

    private static final int DIGITS = 12;

    private final MessageDigest digest = sha256();

    private BookVersion() {}

    static String of(List<PriceList> lists, Optional<GpuPrice> fallback) {
        var version = new BookVersion();
        lists.forEach(version::add);
        version.add(fallback.map(price -> price.usdPerHour().toPlainString()).orElse("none"));
        return HexFormat.of().formatHex(version.digest.digest()).substring(0, DIGITS);
    }

    static String of(PriceList list) {
        return of(List.of(list), Optional.empty());
    }

    private void add(PriceList list) {
        add(list.version());
        list.gpus().forEach(this::add);
        list.models().forEach(this::add);
    }

    private void add(PricedModel<?> priced) {
        add("model");
        add(priced.model());
        priced.aliases().forEach(this::add);
        for (var rate : priced.rates()) {
            add("rate");
            add(rate.validity().toString());
            add(rate.source());
            add(
                    switch (rate) {
                        case GpuRate gpu -> gpu.market() + " " + gpu.usdPerHour().toPlainString();
                        case TokenRate tokens -> inOrder(tokens).toString();
                    });
        }
    }

    /** A map that is printed in the same order by every process. */
    private static Map<TokenClass, String> inOrder(TokenRate tokens) {
        var inOrder = new TreeMap<TokenClass, String>();
        tokens.usdPerMillion().forEach((name, usd) -> inOrder.put(name, usd.toPlainString()));
        return inOrder;
    }

    /** A text and its end, so that no two rows of texts are the same bytes. */
    private void add(String text) {
        digest.update(text.getBytes(UTF_8));
        digest.update((byte) 0);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
