/** What is known of rejected records, for whoever asks: the words between topic and API. */
@NullMarked
package gpuanalytics.processor.letter;

import org.jspecify.annotations.NullMarked;
