package gpuanalytics.processor.ledger;

import gpuanalytics.processor.ledger.CostReport.GpuTime;
import gpuanalytics.processor.ledger.WhatIfReport.BreakEven;
import gpuanalytics.processor.ledger.WhatIfReport.Gpus;
import gpuanalytics.processor.ledger.WhatIfReport.Money;
import gpuanalytics.processor.ledger.WhatIfReport.Row;
import gpuanalytics.processor.ledger.WhatIfReport.Scenario;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Works out what usage would have cost otherwise. What the GPUs did in an hour that tokens claimed,
 * others do too, times their speed; what they cost does not depend on how busy they are.
 */
final class WhatIf {

    private static final double SECONDS_PER_HOUR = 3600;
    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);
    private static final MathContext PRECISE = new MathContext(30);

    private final Optional<WhatIfQuery.Fleet> fleet;
    private final Alternatives alternatives;
    private final WhatIfFold fold;
    private final double hours;
    private final GpuTime time;
    private final @Nullable Long tokens;
    private final @Nullable Long gpuTokens;

    /** GPUs, not rounded; without a price where that is absent. */
    private record Hardware(double hours, double unpricedHours, Optional<BigDecimal> usd) {

        /** What all of it costs; empty where some of it has no price, or there is none. */
        Optional<BigDecimal> wholeUsd() {
            return hours > 0 && unpricedHours == 0 ? usd : Optional.empty();
        }
    }

    /**
     * @param hours how much of the time that was asked for is over
     */
    WhatIf(
            Optional<WhatIfQuery.Fleet> fleet,
            Alternatives alternatives,
            WhatIfFold fold,
            double hours) {
        this.fleet = fleet;
        this.alternatives = alternatives;
        this.fold = fold;
        this.hours = hours;
        var measured = fold.gpus().time();
        time = measured == null ? new GpuTime(0, 0, 0, 0) : measured;
        gpuTokens = tokens(fold.gpus().tokens());
        tokens = sum(gpuTokens, tokens(fold.api().tokens()));
    }

    private static @Nullable Long tokens(CostReport.Tokens tokens) {
        return sum(tokens.prompt(), tokens.completion());
    }

    private static @Nullable Long sum(@Nullable Long one, @Nullable Long other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return Math.addExact(one, other);
    }

    /** The ledger, the other fleet where one is asked for, and the models. */
    List<Row> rows() {
        var used = used();
        var ledger = onGpus(Scenario.LEDGER, used, 1, Optional.empty());
        var rows = new ArrayList<Row>();
        rows.add(ledger);
        fleet.ifPresent(
                other ->
                        rows.add(
                                onGpus(
                                        Scenario.FLEET,
                                        of(other, used),
                                        other.speed(),
                                        whole(ledger))));
        var compared = fleet.map(other -> of(other, used)).orElse(used);
        double speed = fleet.map(WhatIfQuery.Fleet::speed).orElse(1.0);
        for (int i = 0; i < alternatives.models().size(); i++) {
            rows.add(atApi(i, whole(ledger), breakEven(fold.hosted(i), compared, speed)));
        }
        return rows;
    }

    private Hardware used() {
        double seconds = time.attributed() + time.idle() + time.unknown();
        return new Hardware(
                seconds / SECONDS_PER_HOUR, time.unpriced() / SECONDS_PER_HOUR, fold.gpuUsd());
    }

    private Hardware of(WhatIfQuery.Fleet other, Hardware used) {
        double gpuHours = other.gpus().map(gpus -> gpus * hours).orElse(used.hours / other.speed());
        return usdPerHour(other, used)
                .map(
                        price ->
                                new Hardware(
                                        gpuHours,
                                        0,
                                        Optional.of(price.multiply(BigDecimal.valueOf(gpuHours)))))
                .orElse(new Hardware(gpuHours, gpuHours, Optional.empty()));
    }

    /**
     * What an hour of the other GPUs costs; where nothing else is said, on average what it did, if
     * all of it had a price.
     */
    private Optional<BigDecimal> usdPerHour(WhatIfQuery.Fleet other, Hardware used) {
        return other.usdPerHour()
                .or(() -> alternatives.gpu().map(gpu -> gpu.price().usdPerHour()))
                .or(() -> used.unpricedHours > 0 ? Optional.empty() : perHour(used));
    }

    private static Optional<BigDecimal> perHour(Hardware hardware) {
        double priced = hardware.hours - hardware.unpricedHours;
        return hardware.usd
                .filter(_ -> priced > 0)
                .map(usd -> usd.divide(BigDecimal.valueOf(priced), PRECISE));
    }

    private Row onGpus(
            Scenario scenario, Hardware hardware, double speed, Optional<BigDecimal> ledgerUsd) {
        boolean isLedger = scenario == Scenario.LEDGER;
        var gpu = alternatives.gpu().filter(_ -> !isLedger);
        long unpricedTokens = unpricedTokens(isLedger, hardware);
        boolean isWhole = unpricedTokens == 0 && hardware.unpricedHours == 0;
        var total = isLedger ? fold.totalUsd() : total(hardware.usd, fold.apiUsd());
        return new Row(
                scenario,
                gpu.map(Alternatives.Priced::model).orElse(null),
                gpu.map(priced -> priced.price().source()).orElse(null),
                tokens,
                money(hardware.usd, fold.apiUsd(), total, isWhole, ledgerUsd),
                hardware.hours > 0 ? gpus(hardware, speed) : null,
                unpricedTokens,
                null);
    }

    private long unpricedTokens(boolean isLedger, Hardware hardware) {
        long onGpus = isLedger ? fold.gpus().tokens().unpriced() : 0;
        if (!isLedger && hardware.unpricedHours > 0 && gpuTokens != null) {
            onGpus = gpuTokens;
        }
        return onGpus + fold.api().tokens().unpriced();
    }

    private Gpus gpus(Hardware hardware, double speed) {
        return new Gpus(
                hours > 0 ? hardware.hours / hours : null,
                hardware.hours,
                hardware.unpricedHours,
                time.attributed() / SECONDS_PER_HOUR / speed / hardware.hours,
                perHour(hardware).map(WhatIf::rounded).orElse(null));
    }

    private Row atApi(int i, Optional<BigDecimal> ledgerUsd, @Nullable BreakEven breakEven) {
        var priced = alternatives.models().get(i);
        var cost = fold.hosted(i);
        return new Row(
                Scenario.API,
                priced.model(),
                priced.price().source(),
                tokens,
                money(Optional.empty(), usd(cost), usd(cost), cost.unpriced() == 0, ledgerUsd),
                null,
                cost.unpriced(),
                breakEven);
    }

    private static Optional<BigDecimal> usd(TokenCost cost) {
        return cost.pricedInput() + cost.pricedOutput() == 0
                ? Optional.empty()
                : Optional.of(Usd.dollars(cost.input().add(cost.output())));
    }

    private Money money(
            Optional<BigDecimal> gpus,
            Optional<BigDecimal> api,
            Optional<BigDecimal> total,
            boolean isWhole,
            Optional<BigDecimal> ledgerUsd) {
        var whole = total.map(WhatIf::rounded);
        var parts = parts(gpus, api, whole);
        return new Money(
                gpus.isEmpty() ? null : parts.getFirst(),
                api.isEmpty() ? null : parts.getLast(),
                whole.orElse(null),
                isWhole ? perMillionTokens(total) : null,
                isWhole && whole.isPresent()
                        ? ledgerUsd.map(ledger -> whole.get().subtract(ledger)).orElse(null)
                        : null);
    }

    private static Optional<BigDecimal> total(Optional<BigDecimal> gpus, Optional<BigDecimal> api) {
        return gpus.isEmpty() ? api : Optional.of(gpus.get().add(api.orElse(BigDecimal.ZERO)));
    }

    /** Rounded so that they add up. */
    private static List<BigDecimal> parts(
            Optional<BigDecimal> gpus, Optional<BigDecimal> api, Optional<BigDecimal> whole) {
        return whole.isEmpty()
                ? List.of()
                : LargestRemainder.round(
                        List.of(gpus.orElse(BigDecimal.ZERO), api.orElse(BigDecimal.ZERO)),
                        whole.get(),
                        Usd.DIGITS);
    }

    private @Nullable BigDecimal perMillionTokens(Optional<BigDecimal> total) {
        if (tokens == null || tokens <= 0 || total.isEmpty()) {
            return null;
        }
        return rounded(total.get().multiply(MILLION).divide(BigDecimal.valueOf(tokens), PRECISE));
    }

    /** What the ledger has cost; empty where some of it has no price. */
    private static Optional<BigDecimal> whole(Row ledger) {
        boolean isWhole =
                ledger.unpricedTokens() == 0
                        && (ledger.gpus() == null || ledger.gpus().unpricedHours() == 0);
        return isWhole ? Optional.ofNullable(ledger.usd().total()) : Optional.empty();
    }

    private @Nullable BreakEven breakEven(TokenCost cost, Hardware hardware, double speed) {
        var gpuUsd = hardware.wholeUsd();
        var apiUsd = usd(cost);
        if (gpuUsd.isEmpty() || apiUsd.isEmpty() || cost.unpriced() > 0) {
            return null;
        }
        if (tokens == null || !(hours > 0)) {
            return null;
        }
        double usdPerToken = apiUsd.get().doubleValue() / tokens;
        if (!(usdPerToken > 0)) {
            return null;
        }
        double tokensPerHour = gpuUsd.get().doubleValue() / hours / usdPerToken;
        return new BreakEven(tokensPerHour, utilization(tokensPerHour, hardware, speed));
    }

    /** How busy the GPUs are with so many tokens an hour. */
    private @Nullable Double utilization(double tokensPerHour, Hardware hardware, double speed) {
        if (gpuTokens == null || gpuTokens <= 0 || !(time.attributed() > 0)) {
            return null;
        }
        double tokensPerGpuHour = gpuTokens / (time.attributed() / SECONDS_PER_HOUR) * speed;
        return tokensPerHour / (tokensPerGpuHour * hardware.hours / hours);
    }

    private static BigDecimal rounded(BigDecimal usd) {
        return usd.setScale(Usd.DIGITS, RoundingMode.HALF_EVEN);
    }
}
