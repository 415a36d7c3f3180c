package gpuanalytics.processor.query;

import org.bson.Document;

/** Numbers of rollup documents, in whichever width the store gives them back. */
final class Numbers {

    private Numbers() {}

    /** An integer; 0 where there is none, as a sum over nothing. */
    static long integer(Document document, String field) {
        return document.get(field) instanceof Number number ? number.longValue() : 0;
    }

    static double decimal(Document document, String field, double otherwise) {
        return document.get(field) instanceof Number number ? number.doubleValue() : otherwise;
    }
}
