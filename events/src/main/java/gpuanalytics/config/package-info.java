/**
 * Environment variables to typed values, with every error found in one go.
 *
 * <p>Starting points: {@link gpuanalytics.config.EnvironmentReader} reads the variables a program
 * declares, {@link gpuanalytics.config.Startup} answers {@code --help} and {@code --check-config}.
 */
@NullMarked
package gpuanalytics.config;

import org.jspecify.annotations.NullMarked;
