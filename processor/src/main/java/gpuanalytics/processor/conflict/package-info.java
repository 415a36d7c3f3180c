/** Contradictions and reused identities to a bounded list that one can ask for. */
@NullMarked
package gpuanalytics.processor.conflict;

import org.jspecify.annotations.NullMarked;
