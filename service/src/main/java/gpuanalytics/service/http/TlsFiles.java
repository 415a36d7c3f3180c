package gpuanalytics.service.http;

import java.nio.file.Path;

/**
 * What a listener proves itself with.
 *
 * @param certificate PEM: the certificate and those that signed it
 * @param key PEM: its private key
 */
public record TlsFiles(Path certificate, Path key) {}
