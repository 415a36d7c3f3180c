package gpuanalytics.processor.letter;

import java.util.List;

/** Where rejected records can be looked at. */
public interface Letters {

    /**
     * The latest ones.
     *
     * @param letters the latest first
     * @param kept how many there are, these among them
     */
    record Newest(List<Letter> letters, long kept) {

        public Newest {
            letters = List.copyOf(letters);
        }
    }

    /**
     * Reads the latest ones.
     *
     * @param most how many at most
     * @throws LettersUnavailableException where they cannot be read at the moment
     */
    Newest newest(int most);
}
