/** Lists that somebody puts: read strictly and kept under numbers, none of them ever changed. */
@NullMarked
package gpuanalytics.processor.kept;

import org.jspecify.annotations.NullMarked;
