package gpuanalytics.placement.price;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import gpuanalytics.placement.trace.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The GPUs of a price book as docs/prices.md describes it (YAML). Token prices in it are passed
 * over; a price that cannot be used is told with its place, value and what was expected.
 */
public final class PriceBookFile {

    /** The markets of a book; the first is that of prices that name none. */
    public static final List<String> MARKETS = List.of("on_demand", "spot", "reserved");

    private static final int MAX_BYTES = 4 << 20;
    private static final double MAX_USD_PER_HOUR = 1_000_000;
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private final String name;
    private final String market;
    private final Instant at;
    private final Map<String, Double> usdPerHour = new HashMap<>();
    private final Map<String, String> aliases = new HashMap<>();

    private PriceBookFile(String name, String market, Instant at) {
        this.name = name;
        this.market = market;
        this.at = at;
    }

    /**
     * The prices that hold at a moment in a market.
     *
     * @throws BadInputException where the file is no price book
     */
    public static GpuPrices read(Path file, String market, Instant at) throws BadInputException {
        var book = new PriceBookFile(file.toString(), market, at);
        book.gpus(book.tree(file));
        return new GpuPrices(book.usdPerHour, book.aliases, OptionalDouble.empty());
    }

    private JsonNode tree(Path file) throws BadInputException {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw bad("", Files.size(file) + " bytes", "at most %d".formatted(MAX_BYTES));
            }
            return YAML.readTree(file.toFile());
        } catch (JsonProcessingException e) {
            throw bad(
                    "",
                    "no YAML from line " + e.getLocation().getLineNr(),
                    "a price book (docs/prices.md)");
        } catch (IOException e) {
            throw new BadInputException(
                    "%s cannot be read, expected a price book (docs/prices.md): %s"
                            .formatted(name, e.getClass().getSimpleName()));
        }
    }

    private void gpus(JsonNode book) throws BadInputException {
        var gpus = book.path("gpus");
        if (!gpus.isArray() || gpus.isEmpty()) {
            throw bad("gpus", shown(gpus), "a list of GPU models with prices");
        }
        for (int i = 0; i < gpus.size(); i++) {
            var path = "gpus[%d]".formatted(i);
            var model = gpus.get(i).path("model").asText("");
            if (model.isBlank()) {
                throw bad(path + ".model", shown(gpus.get(i).path("model")), "a model's name");
            }
            gpus.get(i).path("aliases").forEach(alias -> aliases.put(alias.asText(), model));
            price(gpus.get(i).path("prices"), path + ".prices")
                    .ifPresent(usd -> usdPerHour.put(model, usd));
        }
    }

    /** Of those that hold, the one that began last. */
    private Optional<Double> price(JsonNode prices, String path) throws BadInputException {
        if (!prices.isArray()) {
            throw bad(path, shown(prices), "a list of dated prices");
        }
        var latest = Instant.MIN;
        Optional<Double> holding = Optional.empty();
        for (int i = 0; i < prices.size(); i++) {
            var price = prices.get(i);
            var place = "%s[%d]".formatted(path, i);
            var from = time(price.path("effective_from"), place + ".effective_from");
            var to =
                    price.has("effective_to")
                            ? time(price.path("effective_to"), place + ".effective_to")
                            : Instant.MAX;
            double usd = usd(price.path("usd_per_hour"), place + ".usd_per_hour");
            boolean holds =
                    market(price.path("market"), place + ".market").equals(market)
                            && !from.isAfter(at)
                            && to.isAfter(at);
            if (holds && from.isAfter(latest)) {
                latest = from;
                holding = Optional.of(usd);
            }
        }
        return holding;
    }

    private String market(JsonNode value, String path) throws BadInputException {
        var text = value.asText(MARKETS.getFirst());
        if (!MARKETS.contains(text)) {
            throw bad(path, shown(value), "one of " + String.join(", ", MARKETS));
        }
        return text;
    }

    private double usd(JsonNode value, String path) throws BadInputException {
        double usd = value.isNumber() ? value.asDouble() : -1;
        if (usd >= 0 && usd <= MAX_USD_PER_HOUR) {
            return usd;
        }
        throw bad(path, shown(value), "a number of USD from 0 to %.0f".formatted(MAX_USD_PER_HOUR));
    }

    private Instant time(JsonNode value, String path) throws BadInputException {
        var text = value.asText("");
        try {
            return text.indexOf('T') < 0
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException ignored) {
            throw bad(path, shown(value), "a date, or a time with its zone");
        }
    }

    private static String shown(JsonNode value) {
        var text = value.isMissingNode() ? "missing" : value.toString();
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }

    private BadInputException bad(String path, String value, String expected) {
        var place = path.isEmpty() ? name : name + ": " + path;
        return new BadInputException("%s is %s, expected %s".formatted(place, value, expected));
    }
}
