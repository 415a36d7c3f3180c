/**
 * Environment variables to typed values, with every error found in one go.
 *
 * <p>Starting points: {@link gpuanalytics.service.config.EnvironmentReader} reads the variables a
 * program declares, {@link gpuanalytics.service.config.Startup} answers {@code --help} and {@code
 * --check-config}.
 */
@NullMarked
package gpuanalytics.service.config;

import org.jspecify.annotations.NullMarked;
