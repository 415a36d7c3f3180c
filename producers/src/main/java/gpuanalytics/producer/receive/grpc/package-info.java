/** The door for gRPC: OTLP, health and reflection. */
@NullMarked
package gpuanalytics.producer.receive.grpc;

import org.jspecify.annotations.NullMarked;
