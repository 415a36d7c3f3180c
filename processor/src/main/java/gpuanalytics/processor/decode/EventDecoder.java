package gpuanalytics.processor.decode;

import gpuanalytics.processor.consume.RawRecord;

/** Turns the bytes of a record into the document to store, or into the reason why it is none. */
public interface EventDecoder {

    /** Never throws for bad input: a bad record is a value. */
    DecodedRecord decode(RawRecord record);
}
