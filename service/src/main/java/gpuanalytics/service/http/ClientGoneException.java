package gpuanalytics.service.http;

import java.io.IOException;

/** The client has closed its connection, or was cut off because it did not read. */
final class ClientGoneException extends IOException {

    private static final long serialVersionUID = 1;

    ClientGoneException(String message, Throwable cause) {
        super(message, cause);
    }
}
