/** The door for HTTP: where it listens, and how bodies come in. */
@NullMarked
package gpuanalytics.producer.receive.http;

import org.jspecify.annotations.NullMarked;
