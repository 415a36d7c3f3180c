package gpuanalytics.processor.ledger;

import gpuanalytics.processor.ledger.CostReport.Cost;
import gpuanalytics.processor.ledger.CostReport.Dollars;
import gpuanalytics.processor.ledger.CostReport.Energy;
import gpuanalytics.processor.ledger.CostReport.GpuTime;
import gpuanalytics.processor.ledger.CostReport.Rates;
import gpuanalytics.processor.ledger.CostReport.Tokens;
import gpuanalytics.processor.ledger.EntryKey.Kind;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sums of some entries of the ledger on one basis, and what they cost; exact. */
final class CostSums {

    /** The parts of a sum of money, which together are all of it. */
    enum Part {
        ATTRIBUTED,
        IDLE,
        UNKNOWN
    }

    private static final double MICRO = 1e6;
    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);
    private static final MathContext PRECISE = new MathContext(50);

    private final Basis basis;
    private final Amounts amounts = new Amounts();
    private final Money money = new Money();
    private boolean priced;
    private boolean byPrice;
    private long pricedInput;
    private long pricedOutput;
    private long unpricedUs;
    private long unpricedTokens;

    CostSums(Basis basis) {
        this.basis = basis;
    }

    /** Adds an entry; returns whether all of it has a price. */
    boolean add(EntryKey key, Amounts of, Rating rating) {
        amounts.add(of);
        return key.kind() == Kind.API ? addTokens(key, of, rating) : addTime(key, of, rating);
    }

    /** Whether any of it has a price. */
    boolean isPriced() {
        return priced;
    }

    private boolean addTokens(EntryKey key, Amounts of, Rating rating) {
        var cost = rating.tokens(key, of);
        money.add(cost);
        pricedInput += cost.pricedInput();
        pricedOutput += cost.pricedOutput();
        unpricedTokens += cost.unpriced();
        byPrice |= cost.pricedInput() + cost.pricedOutput() > 0;
        priced |= cost.pricedInput() + cost.pricedOutput() > 0;
        return cost.unpriced() == 0;
    }

    private boolean addTime(EntryKey key, Amounts of, Rating rating) {
        long inputUs = of.get(Amount.input(basis));
        long outputUs = of.get(Amount.output(basis));
        long idleUs = of.get(Amount.idle(basis));
        long unknownUs = unknownUs(of, basis);
        var price = rating.usdPerHour(key);
        if (price.isEmpty()) {
            unpricedUs += inputUs + outputUs + idleUs + unknownUs;
            unpricedTokens += of.get(Amount.PROMPT_TOKENS) + of.get(Amount.COMPLETION_TOKENS);
            return false;
        }
        priced = true;
        money.priceIs(price.get());
        money.addUsed(inputUs, outputUs);
        money.addUnused(idleUs, unknownUs);
        pricedInput += of.get(Amount.PROMPT_TOKENS);
        pricedOutput += of.get(Amount.COMPLETION_TOKENS);
        return true;
    }

    static long unknownUs(Amounts of, Basis basis) {
        return of.get(Amount.GAP_US) + (basis == Basis.USAGE ? of.get(Amount.USAGE_UNKNOWN_US) : 0);
    }

    /** A part of the money as a sum of {@link Usd}. */
    BigDecimal money(Part part) {
        return switch (part) {
            case ATTRIBUTED -> money.attributed();
            case IDLE -> money.idle();
            case UNKNOWN -> money.unknown();
        };
    }

    /** A part of the money in dollars, not rounded. */
    BigDecimal dollars(Part part) {
        return Usd.dollars(money(part));
    }

    /** All parts, to the micro-dollar, in the order of {@link Part}; they add up to the whole. */
    List<BigDecimal> roundedParts() {
        var parts = new ArrayList<BigDecimal>();
        for (var part : Part.values()) {
            parts.add(dollars(part));
        }
        var whole = Usd.rounded(money.total());
        return LargestRemainder.round(parts, whole, Usd.DIGITS);
    }

    /**
     * What they are.
     *
     * @param parts the parts of the money as they are rounded
     */
    Cost cost(List<BigDecimal> parts) {
        return new Cost(
                priced ? new Dollars(parts.get(0), parts.get(1), parts.get(2)) : null,
                time(),
                tokens(),
                new Rates(
                        perMillion(money.attributed(), pricedInput + pricedOutput),
                        perMillion(money.input(), pricedInput),
                        perMillion(money.output(), pricedOutput),
                        joulesPerToken()),
                energy(),
                coverage(),
                method());
    }

    private long attributedUs() {
        return amounts.get(Amount.input(basis)) + amounts.get(Amount.output(basis));
    }

    private @Nullable GpuTime time() {
        if (!amounts.has(Amount.input(basis))
                && !amounts.has(Amount.idle(basis))
                && !amounts.has(Amount.GAP_US)) {
            return null;
        }
        return new GpuTime(
                attributedUs() / MICRO,
                amounts.get(Amount.idle(basis)) / MICRO,
                unknownUs(amounts, basis) / MICRO,
                unpricedUs / MICRO);
    }

    private Tokens tokens() {
        return new Tokens(
                amounts.get(Amount.REQUESTS),
                amounts.get(Amount.ERRORS),
                amounts.find(Amount.PROMPT_TOKENS),
                amounts.find(Amount.COMPLETION_TOKENS),
                amounts.find(Amount.CACHED_PROMPT_TOKENS),
                amounts.find(Amount.CACHE_WRITE_TOKENS),
                amounts.find(Amount.REASONING_TOKENS),
                unpricedTokens,
                amounts.get(Amount.CUT_REQUESTS));
    }

    private @Nullable BigDecimal perMillion(BigDecimal spent, long tokens) {
        return tokens <= 0 || !priced
                ? null
                : Usd.dollars(spent)
                        .multiply(MILLION)
                        .divide(BigDecimal.valueOf(tokens), PRECISE)
                        .setScale(Usd.DIGITS, RoundingMode.HALF_EVEN);
    }

    private @Nullable Double joulesPerToken() {
        long tokens = amounts.get(Amount.METERED_TOKENS);
        return tokens <= 0 || !amounts.has(Amount.energy(basis))
                ? null
                : Double.valueOf(amounts.get(Amount.energy(basis)) / MICRO / tokens);
    }

    private @Nullable Energy energy() {
        return !amounts.has(Amount.energy(basis)) && !amounts.has(Amount.idleEnergy(basis))
                ? null
                : new Energy(
                        amounts.get(Amount.energy(basis)) / MICRO,
                        amounts.get(Amount.idleEnergy(basis)) / MICRO,
                        basis == Basis.USAGE ? amounts.get(Amount.USAGE_UNKNOWN_UJ) / MICRO : 0);
    }

    private @Nullable Double coverage() {
        double covered =
                (double) amounts.get(Amount.ALLOCATION_INPUT_US)
                        + amounts.get(Amount.ALLOCATION_OUTPUT_US)
                        + amounts.get(Amount.ALLOCATION_IDLE_US);
        double all = covered + amounts.get(Amount.GAP_US);
        return all <= 0 ? null : Double.valueOf(covered / all);
    }

    private List<String> method() {
        var method = new ArrayList<String>();
        if (amounts.get(Amount.BY_TIME_US) > 0) {
            method.add("time");
        }
        if (amounts.get(Amount.BY_TOKENS_US) > 0) {
            method.add("tokens");
        }
        if (byPrice) {
            method.add("price");
        }
        return method;
    }
}
