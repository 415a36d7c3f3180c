package gpuanalytics.event;

/** How far two names are from each other, in letters. */
public final class EditDistance {

    private EditDistance() {}

    /**
     * How many letters are to be put in, left out or changed to make one of the other
     * (Levenshtein). The work grows with the product of their lengths.
     */
    public static int between(String one, String other) {
        var row = new int[other.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int changed = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
