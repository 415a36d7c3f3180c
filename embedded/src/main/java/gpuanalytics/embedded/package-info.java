/**
 * A KRaft broker and a store that speaks MongoDB's protocol, inside this process: what {@code make
 * run} and the integration tests of every module run on. Knows none of our programs.
 *
 * <p>Starting points: {@link gpuanalytics.embedded.EmbeddedBroker}, {@link
 * gpuanalytics.embedded.EmbeddedStore}.
 */
@NullMarked
package gpuanalytics.embedded;

import org.jspecify.annotations.NullMarked;
