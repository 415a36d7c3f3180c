package gpuanalytics.service.config;

/**
 * An environment variable that a program reads.
 *
 * @param name its name
 * @param defaultValue what holds where it is not set, as one would write it; empty for nothing
 * @param description what it means, with the values it may take
 */
public record Variable(String name, String defaultValue, String description) {}
