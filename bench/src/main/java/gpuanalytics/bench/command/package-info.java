/** What is said to a program of this module. */
@NullMarked
package gpuanalytics.bench.command;

import org.jspecify.annotations.NullMarked;
