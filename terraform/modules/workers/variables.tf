variable "kind" {
  description = "Beginning of the machines' names, and their role: \"worker\", \"spot-worker\" or \"gpu-worker\"."
  type        = string
}

variable "cluster" {
  description = "Name of the cluster."
  type        = string
}

variable "amis" {
  description = "AMI of each instance type."
  type        = map(string)
}

variable "instance_type" {
  description = "Instance type of all of them."
  type        = string
}

variable "spot" {
  description = "Whether they run on spot capacity."
  type        = bool
}

variable "volume_gib" {
  description = "Root volume of each, in GiB."
  type        = number
}

variable "user_data" {
  description = "What each runs at its first start; there are as many machines."
  type        = list(string)
}

variable "subnet_ids" {
  description = "Subnets that they are spread over."
  type        = list(string)
}

variable "security_group_id" {
  description = "Their security group."
  type        = string
}

variable "instance_profile" {
  description = "Name of their instance profile."
  type        = string
}

variable "key_name" {
  description = "EC2 key pair for SSH; null for none."
  type        = string
}

variable "detailed_monitoring" {
  description = "CloudWatch metrics every minute."
  type        = bool
}
