package gpuanalytics.processor.api;

import gpuanalytics.processor.ledger.LedgerQueries;
import gpuanalytics.processor.ledger.WhatIfQuery;
import gpuanalytics.processor.ledger.WhatIfQuery.Fleet;
import gpuanalytics.processor.ledger.WhatIfReport;
import gpuanalytics.processor.ledger.WhatIfReport.BreakEven;
import gpuanalytics.processor.ledger.WhatIfReport.Gpus;
import gpuanalytics.processor.ledger.WhatIfReport.Row;
import gpuanalytics.processor.query.InvalidQueryException;
import gpuanalytics.service.http.Answer;
import gpuanalytics.service.http.Endpoint;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Answers {@code /costs/what-if}: what usage has cost beside what it would have otherwise. */
final class WhatIfAnswers {

    private static final String USD_PER_HOUR = "as_usd_per_hour";
    private static final String GPUS = "as_gpus";
    private static final String SPEED = "as_speed";
    private static final String AT = "as_at";

    static final List<String> PARAMETERS =
            Stream.concat(
                            CostParameters.WHAT.stream(),
                            Stream.of(
                                    WhatIfQuery.MODEL,
                                    WhatIfQuery.GPU_MODEL,
                                    USD_PER_HOUR,
                                    GPUS,
                                    SPEED,
                                    AT))
                    .toList();

    private static final Pattern USD = Pattern.compile("[0-9]{1,6}(\\.[0-9]{1,9})?");
    private static final Pattern COUNT = Pattern.compile("[1-9][0-9]{0,5}");
    private static final Pattern FACTOR = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3})?");

    private static final List<Column<Row>> COLUMNS =
            List.of(
                    new Column<>("scenario", row -> row.scenario().label()),
                    new Column<>("model", Row::model),
                    new Column<>("source", Row::source),
                    new Column<>("tokens", Row::tokens),
                    new Column<>("usd.gpus", row -> row.usd().gpus()),
                    new Column<>("usd.tokens", row -> row.usd().tokens()),
                    new Column<>("usd.total", row -> row.usd().total()),
                    new Column<>("usd.difference", row -> row.usd().difference()),
                    new Column<>("usd_per_million_tokens", row -> row.usd().perMillionTokens()),
                    new Column<>("unpriced_tokens", Row::unpricedTokens),
                    gpus("count", Gpus::count),
                    gpus("hours", Gpus::hours),
                    gpus("unpriced_hours", Gpus::unpricedHours),
                    gpus("utilization", Gpus::utilization),
                    gpus("usd_per_hour", Gpus::usdPerHour),
                    breakEven("tokens_per_hour", BreakEven::tokensPerHour),
                    breakEven("utilization", BreakEven::utilization));

    private final LedgerQueries queries;
    private final Clock clock;

    WhatIfAnswers(LedgerQueries queries, Clock clock) {
        this.queries = queries;
        this.clock = clock;
    }

    Answer respond(Endpoint.Request request) {
        var parameters = new QueryParameters(request);
        var report = queries.whatIf(read(parameters));
        var covered = new CoverageParts(report.coverage(), parameters.zone());
        var table = new Table<>(COLUMNS, report.rows());
        var answer =
                CostParts.answer(
                        request,
                        covered,
                        report.notes(),
                        table,
                        json -> {
                            json.writeFieldName("hours");
                            JsonValues.write(json, report.hours());
                            json.writeFieldName("prices_at");
                            JsonValues.write(json, covered.local(report.pricesAt()));
                        });
        return inHeader(answer, covered, report);
    }

    private WhatIfQuery read(QueryParameters parameters) {
        var costs = CostParameters.read(parameters, clock);
        var now = clock.instant();
        var at =
                parameters
                        .one(AT)
                        .map(value -> TimeText.time(AT, value, parameters.zone(), now))
                        .orElse(now.truncatedTo(ChronoUnit.SECONDS));
        return new WhatIfQuery(costs, fleet(parameters), parameters.texts(WhatIfQuery.MODEL), at);
    }

    private static Optional<Fleet> fleet(QueryParameters parameters) {
        var model = parameters.texts(WhatIfQuery.GPU_MODEL);
        if (model.size() > 1) {
            throw new InvalidQueryException(
                    WhatIfQuery.GPU_MODEL, String.join(" and ", model), "one value");
        }
        var usd = number(parameters, USD_PER_HOUR, USD, "USD such as 2.49, up to 999999");
        var gpus = number(parameters, GPUS, COUNT, "a whole number from 1 to 999999");
        var speed = number(parameters, SPEED, FACTOR, "a factor from 0.001 to 999 such as 1.5");
        return model.isEmpty() && usd.isEmpty() && gpus.isEmpty() && speed.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Fleet(
                                model.stream().findFirst(),
                                usd,
                                gpus.map(BigDecimal::longValueExact),
                                speed.map(WhatIfAnswers::positive).orElse(1.0)));
    }

    private static Optional<BigDecimal> number(
            QueryParameters parameters, String name, Pattern pattern, String expected) {
        return parameters
                .one(name)
                .map(
                        value -> {
                            if (!pattern.matcher(value).matches()) {
                                throw new InvalidQueryException(
                                        name, TimeText.shown(value), expected);
                            }
                            return new BigDecimal(value);
                        });
    }

    private static double positive(BigDecimal speed) {
        if (speed.signum() == 0) {
            throw new InvalidQueryException(SPEED, speed.toPlainString(), "more than 0");
        }
        return speed.doubleValue();
    }

    /** CSV has no other place for what is true of all rows. */
    private static Answer inHeader(Answer answer, CoverageParts covered, WhatIfReport report) {
        var headers = new HashMap<>(answer.headers());
        headers.merge(
                NoteParts.HEADER,
                "; hours=%s; prices_at=%s"
                        .formatted(
                                JsonValues.plain(report.hours()).toPlainString(),
                                covered.local(report.pricesAt())),
                String::concat);
        return new Answer(answer.status(), answer.contentType(), answer.body(), headers);
    }

    private static Column<Row> gpus(String name, Function<Gpus, @Nullable Object> value) {
        return new Column<>(
                "gpus." + name,
                row -> {
                    var gpus = row.gpus();
                    return gpus == null ? null : value.apply(gpus);
                });
    }

    private static Column<Row> breakEven(String name, Function<BreakEven, @Nullable Object> value) {
        return new Column<>(
                "break_even." + name,
                row -> {
                    var breakEven = row.breakEven();
                    return breakEven == null ? null : value.apply(breakEven);
                });
    }
}
