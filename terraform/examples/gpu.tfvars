# Two GPU workers on spot capacity beside the pipeline's own; measured by the nvml, dcgm or vllm source.
worker_count             = 2
gpu_worker_count         = 2
gpu_worker_instance_type = "g6.xlarge"
worker_spot              = true
