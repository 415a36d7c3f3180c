/**
 * A store that speaks MongoDB's protocol: the commands of mongo-java-server over documents that lie
 * in a file, or in memory.
 *
 * <p>Starting points: {@link gpuanalytics.embedded.store.StoreServer} listens, {@code StoreBackend}
 * takes the commands, {@code DocumentFile} keeps the documents.
 */
@NullMarked
package gpuanalytics.embedded.store;

import org.jspecify.annotations.NullMarked;
