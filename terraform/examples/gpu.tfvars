# A GPU worker on spot capacity beside the pipeline's own workers, which hold the data and stay on demand. Up to 770 USD a month
# (make cost), whether or not the GPU has anything to do.
worker_count             = 2
gpu_worker_count         = 1
gpu_worker_instance_type = "g6.xlarge"
gpu_worker_spot          = true
