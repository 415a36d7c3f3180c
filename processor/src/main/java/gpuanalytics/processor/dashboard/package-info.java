/**
 * The page at {@code /}: its files as they lie in the jar, and the stream that keeps it live. Every
 * number on it comes from the same endpoints as anybody's, so nothing here knows the store.
 */
@NullMarked
package gpuanalytics.processor.dashboard;

import org.jspecify.annotations.NullMarked;
