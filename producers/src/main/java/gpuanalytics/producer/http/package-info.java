/** Health, metrics and the live rate over HTTP. */
@NullMarked
package gpuanalytics.producer.http;

import org.jspecify.annotations.NullMarked;
