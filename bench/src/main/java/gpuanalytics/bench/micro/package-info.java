/** The hot path in a harness (JMH). */
@NullMarked
package gpuanalytics.bench.micro;

import org.jspecify.annotations.NullMarked;
