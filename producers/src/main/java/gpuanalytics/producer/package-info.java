@NullMarked
package gpuanalytics.producer;

import org.jspecify.annotations.NullMarked;
