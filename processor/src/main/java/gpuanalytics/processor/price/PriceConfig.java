package gpuanalytics.processor.price;

import gpuanalytics.processor.kept.RefusedListException;
import gpuanalytics.service.config.EnvironmentReader;
import gpuanalytics.service.http.Resource;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Which prices hold.
 *
 * @param file the prices of the file
 * @param market the market that GPUs are bought in
 * @param fallbackUsdPerHour the price of GPUs that have none otherwise
 * @param maxAge how long a processor may work with the stored prices that it has read
 * @param maxEntries how many prices and aliases there may be, in one list and in all
 * @param maxBytes how large the file and a body may be
 */
public record PriceConfig(
        Optional<PriceList> file,
        Market market,
        Optional<BigDecimal> fallbackUsdPerHour,
        Duration maxAge,
        int maxEntries,
        int maxBytes) {

    /** What names the book that comes along, where a file is expected. */
    public static final String EXAMPLE = "example";

    private static final String EXAMPLE_RESOURCE =
            "gpuanalytics/processor/price/example-prices.yaml";
    private static final String FILE = "PRICES_FILE";
    private static final long MIB = 1 << 20;
    private static final long MAX_USD_PER_HOUR = 10_000;

    /** Reads the variables; what is wrong with them or the file is in the reader afterwards. */
    public static PriceConfig read(EnvironmentReader reader) {
        var file =
                reader.text(
                        FILE,
                        "A YAML file of prices (docs/prices.md), or example for the book that comes"
                                + " along");
        var market =
                reader.choice(
                        "GPU_PRICE_MARKET",
                        Market.ON_DEMAND,
                        "The market whose prices GPUs have: on_demand, spot or reserved");
        var fallback =
                reader.exact(
                        "PRICE_PER_HOUR_USD",
                        MAX_USD_PER_HOUR,
                        "Price of a GPU hour where neither its events nor the book have one; unset:"
                                + " unpriced");
        var maxAge =
                reader.duration(
                        "PRICES_MAX_AGE_S",
                        ChronoUnit.SECONDS,
                        10,
                        0,
                        3600,
                        "How long prices that were put elsewhere may stay unseen");
        int maxEntries =
                reader.integer(
                        "PRICES_MAX_ENTRIES",
                        10_000,
                        1,
                        100_000,
                        "How many prices and aliases there may be, those of the past too");
        int maxBytes = readMaxBytes(reader);
        var list = file.flatMap(name -> read(reader, name, maxEntries, maxBytes));
        return new PriceConfig(list, market, fallback, maxAge, maxEntries, maxBytes);
    }

    private static int readMaxBytes(EnvironmentReader reader) {
        return (int)
                reader.bytes(
                        "PRICES_MAX_BYTES",
                        MIB,
                        1024,
                        8 * MIB,
                        "How large PRICES_FILE and the body of PUT /prices may be");
    }

    private static Optional<PriceList> read(
            EnvironmentReader reader, String name, int maxEntries, int maxBytes) {
        try {
            return Optional.of(PriceListFormat.yaml(bytes(name, maxBytes), maxEntries));
        } catch (RefusedListException e) {
            e.faults().forEach(fault -> reader.error("%s %s: %s".formatted(FILE, name, fault)));
        } catch (IOException | InvalidPathException e) {
            reader.error(
                    "%s is %s, expected a readable file of at most %d bytes (PRICES_MAX_BYTES)"
                            .formatted(FILE, name, maxBytes));
        }
        return Optional.empty();
    }

    private static byte[] bytes(String name, int maxBytes) throws IOException {
        if (name.equals(EXAMPLE)) {
            return Resource.read(EXAMPLE_RESOURCE);
        }
        var path = Path.of(name);
        if (!Files.isRegularFile(path) || Files.size(path) > maxBytes) {
            throw new IOException(name);
        }
        return Files.readAllBytes(path);
    }
}
