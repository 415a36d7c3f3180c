variable "region" {
  description = "Region whose prices count."
  type        = string
}

variable "control_plane_instance_type" {
  description = "As in the root module."
  type        = string
}

variable "control_plane_count" {
  description = "As in the root module."
  type        = number
}

variable "control_plane_volume_gib" {
  description = "As in the root module."
  type        = number
}

variable "worker_count" {
  description = "As in the root module."
  type        = number
}

variable "worker_instance_type" {
  description = "As in the root module."
  type        = string
}

variable "worker_spot" {
  description = "As in the root module."
  type        = bool
}

variable "worker_volume_gib" {
  description = "As in the root module."
  type        = number
}

variable "spot_worker_count" {
  description = "As in the root module."
  type        = number
}

variable "spot_worker_instance_type" {
  description = "As in the root module."
  type        = string
}

variable "spot_worker_volume_gib" {
  description = "As in the root module."
  type        = number
}

variable "ebs_volumes" {
  description = "As in the root module."
  type        = bool
}

variable "gpu_worker_count" {
  description = "As in the root module."
  type        = number
}

variable "gpu_worker_instance_type" {
  description = "As in the root module."
  type        = string
}

variable "gpu_worker_spot" {
  description = "As in the root module."
  type        = bool
}

variable "gpu_worker_volume_gib" {
  description = "As in the root module."
  type        = number
}

variable "private_subnets" {
  description = "As in the root module."
  type        = bool
}

variable "detailed_monitoring" {
  description = "As in the root module."
  type        = bool
}

variable "overlay" {
  description = "Overlay of k8s/overlays whose volumes are reckoned with."
  type        = string
  default     = "single"

  validation {
    condition     = contains(["dev", "single", "staging", "production"], var.overlay)
    error_message = "OVERLAY = \"${var.overlay}\": expected dev, single, staging or production."
  }
}

variable "etcd_snapshots" {
  description = "How many etcd snapshots are kept in S3, of all servers together."
  type        = number
  default     = 0
}
