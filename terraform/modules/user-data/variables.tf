variable "role" {
  description = "\"control-plane\" or \"worker\"."
  type        = string

  validation {
    condition     = contains(["control-plane", "worker"], var.role)
    error_message = "role = \"${var.role}\": expected \"control-plane\" or \"worker\"."
  }
}

variable "node_name" {
  description = "Beginning of the node's name; eight characters of the instance id follow."
  type        = string
}

variable "region" {
  description = "AWS region, for the node's topology label."
  type        = string
}

variable "k3s_version" {
  description = "Release of K3s, such as v1.36.4+k3s1."
  type        = string
}

variable "k3s_sha256" {
  description = "SHA-256 sums of its binary by architecture (amd64, arm64)."
  type        = map(string)
}

variable "parameters" {
  description = "Names of the SSM parameters."
  type        = object({ server_token = string, agent_token = string, ca_hash = string })
}

variable "joins" {
  description = "Whether it joins servers that are there, by control_plane_ip (control plane)."
  type        = bool
  default     = false
}

variable "control_plane_ip" {
  description = "Private address of the control plane, or the name that its servers have together (worker, and each of several servers)."
  type        = string
  default     = ""
  nullable    = false
}

variable "timeout_s" {
  description = "How long one step is tried, in seconds."
  type        = number
  default     = 1800
}

variable "tls_sans" {
  description = "Names and addresses for the API server's certificate (control plane)."
  type        = list(string)
  default     = []
}

variable "disable" {
  description = "Packaged components of K3s that are left out (control plane)."
  type        = list(string)
  default     = ["traefik", "servicelb"]
}

variable "gpu_placement" {
  description = "Whether the scheduler asks the component placement where GPU pods go (control plane)."
  type        = bool
  default     = false
  nullable    = false
}

variable "schedulable" {
  description = "Whether the control plane takes the application's pods."
  type        = bool
  default     = true
}

variable "etcd_snapshot_cron" {
  description = "When etcd snapshots are taken (control plane)."
  type        = string
  default     = "0 */6 * * *"
}

variable "etcd_snapshot_retention" {
  description = "How many are kept (control plane)."
  type        = number
  default     = 28
}

variable "etcd_snapshot_s3" {
  description = "Bucket and folder that snapshots go to as well, and how many are kept there, of all servers together; or null (control plane)."
  type        = object({ bucket = string, folder = string, retention = number })
  default     = null
}

variable "registry" {
  description = "Host of the account's ECR, whose images the kubelet may pull by the instance's role; null for none."
  type        = string
  default     = null
}

variable "spot_pool" {
  description = "Whether the worker belongs to the pool on spot capacity, which takes only pods that tolerate its end."
  type        = bool
  default     = false
}

variable "gpu" {
  description = "Whether the worker has an NVIDIA GPU."
  type        = bool
  default     = false
}

variable "nvidia_driver_branch" {
  description = "Branch of NVIDIA's server driver (GPU worker)."
  type        = string
  default     = ""
}

variable "nvidia_toolkit_version" {
  description = "Version of nvidia-container-toolkit (GPU worker)."
  type        = string
  default     = ""
}

variable "nvidia_key_fingerprint" {
  description = "Fingerprint of the toolkit repository's key (GPU worker)."
  type        = string
  default     = ""
}
