package gpuanalytics.processor.ledger;

/**
 * How much of a GPU's minute the tokens of a group ask for, by either method; weights, not times.
 *
 * @param byTime by the time of their prefill and decode
 * @param byTokens by how many they are
 * @param hasTimes whether the times of all of them are known
 */
record Claim(Weight byTime, Weight byTokens, boolean hasTimes) {

    /** Of one method, for what went in and what came out. */
    record Weight(long input, long output) {

        Weight share(double share) {
            return new Weight(Math.round(input * share), Math.round(output * share));
        }

        Weight and(Weight other) {
            return new Weight(input + other.input, output + other.output);
        }

        Weight minus(Weight other) {
            return new Weight(input - other.input, output - other.output);
        }
    }

    /** An output token takes as long as two and a half input tokens; in thousandths. */
    private static final long PER_INPUT_TOKEN = 1000;

    private static final long PER_OUTPUT_TOKEN = 2500;

    /** The weight of so many tokens. */
    static Weight ofTokens(long prompt, long completion) {
        return new Weight(prompt * PER_INPUT_TOKEN, completion * PER_OUTPUT_TOKEN);
    }

    Weight weight(Method method) {
        return switch (method) {
            case TIME -> byTime;
            case TOKENS -> byTokens;
        };
    }

    /** A share of it, from 0 to 1. */
    Claim share(double share) {
        return new Claim(byTime.share(share), byTokens.share(share), hasTimes);
    }

    Claim and(Claim other) {
        return new Claim(
                byTime.and(other.byTime), byTokens.and(other.byTokens), hasTimes && other.hasTimes);
    }

    Claim minus(Claim other) {
        return new Claim(byTime.minus(other.byTime), byTokens.minus(other.byTokens), hasTimes);
    }

    /** By what a GPU's minute is split. */
    enum Method {
        TIME,
        TOKENS
    }
}
