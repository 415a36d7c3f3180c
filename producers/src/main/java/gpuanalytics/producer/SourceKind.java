package gpuanalytics.producer;

import gpuanalytics.producer.source.SourceConfig;
import gpuanalytics.producer.source.dcgm.DcgmConfig;
import gpuanalytics.producer.source.nvml.NvmlConfig;
import gpuanalytics.producer.source.replay.ReplayConfig;
import gpuanalytics.producer.source.smi.SmiConfig;
import gpuanalytics.producer.source.synthetic.SyntheticConfig;
import gpuanalytics.producer.source.vllm.VllmConfig;
import gpuanalytics.service.config.EnvironmentReader;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The kinds of source there are: a new one gets its line here, and is then read, run and shown. */
public enum SourceKind {
    SYNTHETIC("a simulated fleet", (env, common, _) -> SyntheticConfig.read(env, common)),
    REPLAY("traces", ReplayConfig::read),
    NVML("this machine's GPUs", (env, common, _) -> NvmlConfig.read(env, common)),
    NVIDIA_SMI("what nvidia-smi writes", SmiConfig::read),
    DCGM("GPUs of dcgm-exporter", DcgmConfig::read),
    VLLM("tokens counted by vLLM, TGI or SGLang", VllmConfig::read);

    private final String what;

    @SuppressWarnings("ImmutableEnumChecker") // functions that hold nothing
    private final Reader reader;

    /** Reads the variables of a kind. */
    private interface Reader {

        /**
         * Reads them all; errors are left in the reader.
         *
         * @param chosen whether the source is to run
         */
        SourceConfig read(EnvironmentReader env, SourceConfig.Common common, boolean chosen);
    }

    SourceKind(String what, Reader reader) {
        this.what = what;
        this.reader = reader;
    }

    /** The name, as in variables, metrics and health. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** As it is written in a variable. */
    @Override
    public String toString() {
        return label();
    }

    SourceConfig read(EnvironmentReader env, SourceConfig.Common common, boolean chosen) {
        return reader.read(env, common, chosen);
    }

    /** All kinds in words: {@code synthetic (a simulated fleet), replay (traces), …}. */
    static String described() {
        return Arrays.stream(values())
                .map(kind -> "%s (%s)".formatted(kind.label(), kind.what))
                .collect(Collectors.joining(", "));
    }
}
