package gpuanalytics.processor.export;

import gpuanalytics.service.config.EnvironmentReader;
import java.util.Optional;

/**
 * What exports may take, and what they say of whose bill it is.
 *
 * @param maxConcurrent the most exports under way at a time; each holds one step in memory
 * @param accountId FOCUS's BillingAccountId
 * @param accountName FOCUS's BillingAccountName
 * @param provider FOCUS's ProviderName, PublisherName and InvoiceIssuerName
 */
public record ExportConfig(
        int maxConcurrent, String accountId, Optional<String> accountName, String provider) {

    private static final int DEFAULT_MAX_CONCURRENT = 2;
    private static final String DEFAULT_ACCOUNT = "gpu-analytics";
    private static final String DEFAULT_PROVIDER = "GPU analytics";

    public static ExportConfig defaults() {
        return new ExportConfig(
                DEFAULT_MAX_CONCURRENT, DEFAULT_ACCOUNT, Optional.empty(), DEFAULT_PROVIDER);
    }

    /** Reads the variables; what is wrong with them is in the reader afterwards. */
    public static ExportConfig read(EnvironmentReader reader) {
        return new ExportConfig(
                reader.integer(
                        "EXPORT_MAX_CONCURRENT",
                        DEFAULT_MAX_CONCURRENT,
                        1,
                        100,
                        "The most exports under way at the same time, each with an hour of the"
                                + " ledger, or a day over all GPUs, in memory"),
                reader.text(
                        "FOCUS_BILLING_ACCOUNT_ID",
                        DEFAULT_ACCOUNT,
                        "BillingAccountId of /exports/focus.csv"),
                reader.text(
                        "FOCUS_BILLING_ACCOUNT_NAME", "BillingAccountName of /exports/focus.csv"),
                reader.text(
                        "FOCUS_PROVIDER_NAME",
                        DEFAULT_PROVIDER,
                        "ProviderName, PublisherName and InvoiceIssuerName of"
                                + " /exports/focus.csv"));
    }
}
