package gpuanalytics.service.config;

import java.util.List;

/** A configuration that cannot be used; holds every error, one line each. */
public final class ConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<String> errors;

    public ConfigurationException(List<String> errors) {
        super(String.join("\n", errors));
        this.errors = List.copyOf(errors);
    }

    /** The errors, each naming the thing, its value and what was expected. */
    public List<String> errors() {
        return errors;
    }
}
