/** Tokens that servers of models count: vLLM, TGI and SGLang. */
@NullMarked
package gpuanalytics.producer.source.vllm;

import org.jspecify.annotations.NullMarked;
