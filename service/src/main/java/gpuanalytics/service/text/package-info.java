/** Texts for people. */
@NullMarked
package gpuanalytics.service.text;

import org.jspecify.annotations.NullMarked;
