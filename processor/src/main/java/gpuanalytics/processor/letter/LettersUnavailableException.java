package gpuanalytics.processor.letter;

/** The dead letters cannot be read at the moment; they may be later. */
public final class LettersUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public LettersUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
