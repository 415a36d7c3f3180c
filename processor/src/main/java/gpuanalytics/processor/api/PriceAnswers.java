package gpuanalytics.processor.api;

import com.fasterxml.jackson.core.JsonGenerator;
import gpuanalytics.processor.kept.RefusedListException;
import gpuanalytics.processor.price.GpuRate;
import gpuanalytics.processor.price.KeptList;
import gpuanalytics.processor.price.ListedPrice;
import gpuanalytics.processor.price.PriceBook;
import gpuanalytics.processor.price.PriceFields;
import gpuanalytics.processor.price.PriceListFormat;
import gpuanalytics.processor.price.Prices;
import gpuanalytics.processor.price.TokenRate;
import gpuanalytics.processor.query.InvalidQueryException;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import gpuanalytics.service.http.Json;
import gpuanalytics.service.http.Problem;
import gpuanalytics.service.http.ProblemException;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Answers {@code /prices}: what holds at a moment, all that ever did, and new lists. */
final class PriceAnswers {

    static final List<String> PARAMETERS = List.of("at", "history");

    private final Prices prices;
    private final Clock clock;

    PriceAnswers(Prices prices, Clock clock) {
        this.prices = prices;
        this.clock = clock;
    }

    Answer get(Endpoint.Request request) {
        var parameters = new QueryParameters(request);
        boolean history = isAsked(parameters);
        var now = clock.instant();
        var at = parameters.one("at").map(value -> TimeText.time("at", value, ZoneOffset.UTC, now));
        if (history && at.isPresent()) {
            throw new InvalidQueryException("at", at.get().toString(), "absent beside history");
        }
        var lists = prices.lists();
        var book = prices.book();
        return Answer.ok(
                Json.MEDIA_TYPE,
                Json.streamed(
                        json ->
                                write(
                                        json,
                                        book,
                                        lists,
                                        history ? Optional.empty() : Optional.of(at.orElse(now)))));
    }

    private static boolean isAsked(QueryParameters parameters) {
        return parameters
                .one("history")
                .map(
                        value ->
                                switch (value) {
                                    case "true" -> true;
                                    case "false" -> false;
                                    default ->
                                            throw new InvalidQueryException(
                                                    "history",
                                                    TimeText.shown(value),
                                                    "true or false");
                                })
                .orElse(false);
    }

    private void write(
            JsonGenerator json, PriceBook book, List<KeptList> lists, Optional<Instant> at)
            throws IOException {
        var kept = new HashMap<String, KeptList>();
        lists.forEach(list -> kept.put(list.list().version(), list));
        var listed = at.map(book::listed).orElseGet(book::history);
        json.writeStartObject();
        json.writeStringField("version", book.version());
        json.writeStringField("gpu_market", lower(prices.config().market()));
        json.writeFieldName("at");
        JsonValues.write(json, at.orElse(null));
        json.writeFieldName("fallback_usd_per_hour");
        JsonValues.write(json, book.fallbackUsdPerHour().orElse(null));
        json.writeArrayFieldStart(PriceFields.GPUS);
        for (var price : listed) {
            if (price.rate() instanceof GpuRate rate) {
                writeGpu(json, price, rate, kept);
            }
        }
        json.writeEndArray();
        json.writeArrayFieldStart(PriceFields.MODELS);
        for (var price : listed) {
            if (price.rate() instanceof TokenRate rate) {
                writeModel(json, price, rate, kept);
            }
        }
        json.writeEndArray();
        writeAliases(json, "gpu_aliases", book.gpuAliases());
        writeAliases(json, "model_aliases", book.modelAliases());
        json.writeEndObject();
    }

    private static void writeGpu(
            JsonGenerator json, ListedPrice price, GpuRate rate, Map<String, KeptList> kept)
            throws IOException {
        json.writeStartObject();
        json.writeStringField(PriceFields.MODEL, price.model());
        json.writeStringField(PriceFields.MARKET, lower(rate.market()));
        json.writeNumberField(PriceFields.USD_PER_HOUR, rate.usdPerHour());
        writeOrigin(json, price, kept);
    }

    private static void writeModel(
            JsonGenerator json, ListedPrice price, TokenRate rate, Map<String, KeptList> kept)
            throws IOException {
        json.writeStartObject();
        json.writeStringField(PriceFields.MODEL, price.model());
        json.writeObjectFieldStart(PriceFields.USD_PER_MILLION);
        for (var usd : new TreeMap<>(rate.usdPerMillion()).entrySet()) {
            json.writeNumberField(lower(usd.getKey()), usd.getValue());
        }
        json.writeEndObject();
        writeOrigin(json, price, kept);
    }

    /** When it holds and who said so; the end of the object. */
    private static void writeOrigin(
            JsonGenerator json, ListedPrice price, Map<String, KeptList> kept) throws IOException {
        var validity = price.rate().validity();
        var list = Optional.ofNullable(kept.get(price.list()));
        writeField(json, PriceFields.EFFECTIVE_FROM, validity.from());
        writeField(json, PriceFields.EFFECTIVE_TO, validity.to().orElse(null));
        var source = price.rate().source();
        writeField(json, PriceFields.SOURCE, source.isEmpty() ? null : source);
        writeField(json, "list", price.list());
        writeField(json, "created_at", list.flatMap(KeptList::createdAt).orElse(null));
        writeField(json, PriceFields.BY, list.flatMap(KeptList::by).orElse(null));
        json.writeEndObject();
    }

    private static void writeField(JsonGenerator json, String name, @Nullable Object value)
            throws IOException {
        json.writeFieldName(name);
        JsonValues.write(json, value);
    }

    private static void writeAliases(JsonGenerator json, String name, Map<String, String> aliases)
            throws IOException {
        json.writeObjectFieldStart(name);
        for (var alias : aliases.entrySet()) {
            json.writeStringField(alias.getKey(), alias.getValue());
        }
        json.writeEndObject();
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    Answer put(Endpoint.Request request) {
        try {
            var put = PriceListFormat.json(request.body(), prices.config().maxEntries());
            var change = prices.put(put.list(), WhoPuts.of(put.by(), request.headers()));
            return Answer.ok(Json.MEDIA_TYPE, Json.bytes(json -> write(json, change)));
        } catch (RefusedListException e) {
            throw new ProblemException(Problem.invalidBody(e.faults()));
        }
    }

    private static void write(JsonGenerator json, Prices.Change change) throws IOException {
        json.writeStartObject();
        json.writeStringField("version", change.book().version());
        json.writeBooleanField("changed", change.added().isPresent());
        var added = change.added();
        writeField(json, "list", added.map(kept -> kept.list().version()).orElse(null));
        writeField(json, "created_at", added.flatMap(KeptList::createdAt).orElse(null));
        writeField(json, PriceFields.BY, added.flatMap(KeptList::by).orElse(null));
        json.writeEndObject();
    }
}
