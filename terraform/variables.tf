# Who and where ---------------------------------------------------------------------------------------------------

variable "name" {
  description = "Name of the cluster; prefix of every resource, and of the SSM parameters (/NAME/k3s/...)."
  type        = string
  default     = "gpu-analytics"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,30}[a-z0-9]$", var.name))
    error_message = "name = \"${var.name}\": expected 3 to 32 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen."
  }
}

variable "region" {
  description = "AWS region."
  type        = string
  default     = "us-east-1"

  validation {
    condition     = can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.region))
    error_message = "region = \"${var.region}\": expected the code of an AWS region, such as us-east-1 or eu-central-1."
  }
}

variable "tags" {
  description = "Further tags on every resource."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(var.tags) <= 40 && alltrue([for k, v in var.tags : length(k) <= 128 && length(v) <= 256 && !startswith(lower(k), "aws:")])
    error_message = "tags: expected at most 40, keys of at most 128 characters that do not begin with \"aws:\", values of at most 256."
  }
}

# Who may reach it ------------------------------------------------------------------------------------------------

variable "my_ip_cidr" {
  description = "Your own address as an IPv4 CIDR, such as 203.0.113.7/32; the only source that may reach the API (api_access = \"public\") and SSH (ssh_key_name)."
  type        = string
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.my_ip_cidr))
    error_message = "my_ip_cidr = \"${var.my_ip_cidr}\": expected an IPv4 CIDR such as 203.0.113.7/32."
  }

  validation {
    condition     = !can(cidrnetmask(var.my_ip_cidr)) || try(cidrhost(var.my_ip_cidr, 0), "") == split("/", var.my_ip_cidr)[0]
    error_message = "my_ip_cidr = \"${var.my_ip_cidr}\": the address has bits set after the prefix; expected ${try(cidrhost(var.my_ip_cidr, 0), "")}/${try(split("/", var.my_ip_cidr)[1], "")}, or /32 for one address."
  }

  validation {
    condition     = !can(cidrnetmask(var.my_ip_cidr)) || var.allow_world || try(tonumber(split("/", var.my_ip_cidr)[1]), 32) >= 8
    error_message = "my_ip_cidr = \"${var.my_ip_cidr}\" lets a large part of the internet in; expected a prefix of at least /8, or allow_world = true if you mean it."
  }
}

variable "allow_world" {
  description = "Allows my_ip_cidr to be 0.0.0.0/0 or another prefix shorter than /8."
  type        = bool
  default     = false
  nullable    = false
}

variable "api_access" {
  description = "How kubectl reaches the API: \"private\" through an SSM tunnel (make tunnel), \"public\" straight at the control plane's address, from my_ip_cidr only."
  type        = string
  default     = "private"

  validation {
    condition     = contains(["private", "public"], var.api_access)
    error_message = "api_access = \"${var.api_access}\": expected \"private\" or \"public\"."
  }

  validation {
    condition     = var.api_access != "public" || !var.private_subnets
    error_message = "api_access = \"public\" needs a control plane with a public address; expected private_subnets = false, or api_access = \"private\"."
  }
}

variable "web_cidrs" {
  description = "IPv4 CIDRs that may reach port 443 of every node, where K3s's Traefik listens once k3s_disable leaves it in; the API behind it (COMPONENTS=api-ingress) wants a password and TLS."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = length(var.web_cidrs) <= 20 && alltrue([for c in var.web_cidrs : can(cidrnetmask(c)) && try(cidrhost(c, 0), "") == split("/", c)[0]])
    error_message = "web_cidrs = ${jsonencode(var.web_cidrs)}: expected at most 20 IPv4 CIDRs without bits after the prefix, such as 203.0.113.0/24."
  }
}

variable "ssh_key_name" {
  description = "Name of an EC2 key pair. When set, port 22 of the control plane is open to my_ip_cidr and the make targets use SSH; when null, they use SSM Session Manager and no port 22 is open."
  type        = string
  default     = null

  validation {
    condition     = var.ssh_key_name == null || try(length(var.ssh_key_name) > 0 && length(var.ssh_key_name) <= 255, false)
    error_message = "ssh_key_name: expected the name of an EC2 key pair, or null for access through SSM alone."
  }

  validation {
    condition     = var.ssh_key_name == null || !var.private_subnets
    error_message = "ssh_key_name needs a control plane with a public address; expected private_subnets = false, or ssh_key_name = null (SSM reaches private subnets)."
  }
}

variable "tls_sans" {
  description = "Further names and addresses for the API server's certificate."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for n in var.tls_sans : can(regex("^[A-Za-z0-9*]([A-Za-z0-9.:-]*[A-Za-z0-9])?$", n))])
    error_message = "tls_sans = ${jsonencode(var.tls_sans)}: expected host names or IP addresses."
  }
}

# Network ---------------------------------------------------------------------------------------------------------

variable "vpc_cidr" {
  description = "IPv4 range of the VPC, /16 to /24. Must not overlap K3s's pods (10.42.0.0/16) and services (10.43.0.0/16)."
  type        = string
  default     = "10.40.0.0/16"

  validation {
    condition     = can(cidrnetmask(var.vpc_cidr)) && try(tonumber(split("/", var.vpc_cidr)[1]) >= 16 && tonumber(split("/", var.vpc_cidr)[1]) <= 24, false)
    error_message = "vpc_cidr = \"${var.vpc_cidr}\": expected an IPv4 CIDR from /16 to /24, such as 10.40.0.0/16."
  }

  validation {
    condition     = !can(regex("^10\\.4[23]\\.", var.vpc_cidr))
    error_message = "vpc_cidr = \"${var.vpc_cidr}\" overlaps K3s's pods (10.42.0.0/16) or services (10.43.0.0/16); expected another range."
  }
}

variable "az_count" {
  description = "Over how many availability zones the workers are spread, 1 to 3. Traffic between zones is billed, and a local-path volume stays on its node."
  type        = number
  default     = 1

  validation {
    condition     = contains([1, 2, 3], var.az_count)
    error_message = "az_count = ${var.az_count}: expected 1, 2 or 3."
  }
}

variable "availability_zones" {
  description = "Zones to use, such as [\"us-east-1a\"]; empty takes the first az_count of the region. GPU instances are not offered in every zone."
  type        = list(string)
  default     = []

  validation {
    condition     = length(var.availability_zones) == 0 || length(var.availability_zones) == var.az_count
    error_message = "availability_zones = ${jsonencode(var.availability_zones)}: expected as many as az_count (${var.az_count}), or none."
  }

  validation {
    condition     = alltrue([for z in var.availability_zones : startswith(z, var.region)])
    error_message = "availability_zones = ${jsonencode(var.availability_zones)}: expected zones of region ${var.region}."
  }
}

variable "private_subnets" {
  description = "Puts all nodes into private subnets behind one NAT gateway (billed per hour and GB); they are then reached through SSM only."
  type        = bool
  default     = false
  nullable    = false
}

variable "flow_logs_retention_days" {
  description = "Keeps the VPC's flow logs in CloudWatch for so many days; 0 makes none."
  type        = number
  default     = 0

  validation {
    condition     = contains([0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400], var.flow_logs_retention_days)
    error_message = "flow_logs_retention_days = ${var.flow_logs_retention_days}: expected 0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365 or 400."
  }
}

# Machines --------------------------------------------------------------------------------------------------------

variable "control_plane_instance_type" {
  description = "Instance type of the control plane; at least 2 vCPUs and 4 GiB, since it also runs etcd."
  type        = string
  default     = "t3.medium"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*\\.[a-z0-9-]+$", var.control_plane_instance_type))
    error_message = "control_plane_instance_type = \"${var.control_plane_instance_type}\": expected an EC2 instance type such as t3.medium."
  }
}

variable "control_plane_count" {
  description = "How many machines the control plane has: 1, or 3 behind an internal load balancer, of which one may be lost. Three take no pods of the application. From 1 to 3 a running cluster grows; back goes only by a restore."
  type        = number
  default     = 1

  validation {
    condition     = contains([1, 3], var.control_plane_count)
    error_message = "control_plane_count = ${var.control_plane_count}: expected 1 or 3; etcd needs more than half of its members, so two or four bear no more losses than one or three."
  }

  validation {
    condition     = var.control_plane_count == 1 || var.worker_count > 0
    error_message = "control_plane_count = ${var.control_plane_count} with worker_count = 0 leaves no node for the application; expected at least one worker."
  }
}

variable "control_plane_schedulable" {
  description = "Whether pods of the application may run on the only machine of the control plane. false taints it CriticalAddonsOnly=true:NoExecute, as three are in any case."
  type        = bool
  default     = true
  nullable    = false
}

variable "control_plane_volume_gib" {
  description = "Root volume of the control plane in GiB."
  type        = number
  default     = 30

  validation {
    condition     = var.control_plane_volume_gib >= 20 && var.control_plane_volume_gib <= 16384 && floor(var.control_plane_volume_gib) == var.control_plane_volume_gib
    error_message = "control_plane_volume_gib = ${var.control_plane_volume_gib}: expected a whole number from 20 to 16384."
  }
}

variable "worker_count" {
  description = "How many workers without a GPU, 0 to 50."
  type        = number
  default     = 2

  validation {
    condition     = var.worker_count >= 0 && var.worker_count <= 50 && floor(var.worker_count) == var.worker_count
    error_message = "worker_count = ${var.worker_count}: expected a whole number from 0 to 50."
  }

  validation {
    condition     = var.worker_count > 0 || var.control_plane_schedulable
    error_message = "worker_count = 0 with control_plane_schedulable = false leaves no node for the application; expected at least one worker."
  }
}

variable "worker_instance_type" {
  description = "Instance type of the workers."
  type        = string
  default     = "t3.large"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*\\.[a-z0-9-]+$", var.worker_instance_type))
    error_message = "worker_instance_type = \"${var.worker_instance_type}\": expected an EC2 instance type such as t3.large."
  }
}

variable "worker_spot" {
  description = "Runs the workers on spot capacity, whose end is the end of the local-path volumes on them: for data that may go. The control plane never is on spot: it holds etcd."
  type        = bool
  default     = false
  nullable    = false
}

variable "worker_volume_gib" {
  description = "Root volume of a worker in GiB; Kafka's and MongoDB's local-path volumes lie on it."
  type        = number
  default     = 50

  validation {
    condition     = var.worker_volume_gib >= 20 && var.worker_volume_gib <= 16384 && floor(var.worker_volume_gib) == var.worker_volume_gib
    error_message = "worker_volume_gib = ${var.worker_volume_gib}: expected a whole number from 20 to 16384."
  }
}

variable "spot_worker_count" {
  description = "How many workers on spot capacity beside the others, 0 to 50: processors and producers run there, Kafka and MongoDB never do."
  type        = number
  default     = 0

  validation {
    condition     = var.spot_worker_count >= 0 && var.spot_worker_count <= 50 && floor(var.spot_worker_count) == var.spot_worker_count
    error_message = "spot_worker_count = ${var.spot_worker_count}: expected a whole number from 0 to 50."
  }

  validation {
    condition     = var.spot_worker_count == 0 || !var.worker_spot
    error_message = "spot_worker_count = ${var.spot_worker_count} with worker_spot = true leaves no worker on demand for Kafka and MongoDB; expected one of them."
  }
}

variable "spot_worker_instance_type" {
  description = "Instance type of the workers on spot capacity."
  type        = string
  default     = "t3.large"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*\\.[a-z0-9-]+$", var.spot_worker_instance_type))
    error_message = "spot_worker_instance_type = \"${var.spot_worker_instance_type}\": expected an EC2 instance type such as t3.large."
  }
}

variable "spot_worker_volume_gib" {
  description = "Root volume of a worker on spot capacity in GiB; nothing that must last lies on it."
  type        = number
  default     = 30

  validation {
    condition     = var.spot_worker_volume_gib >= 20 && var.spot_worker_volume_gib <= 16384 && floor(var.spot_worker_volume_gib) == var.spot_worker_volume_gib
    error_message = "spot_worker_volume_gib = ${var.spot_worker_volume_gib}: expected a whole number from 20 to 16384."
  }
}

variable "gpu_worker_count" {
  description = "How many workers with an NVIDIA GPU, 0 to 16."
  type        = number
  default     = 0

  validation {
    condition     = var.gpu_worker_count >= 0 && var.gpu_worker_count <= 16 && floor(var.gpu_worker_count) == var.gpu_worker_count
    error_message = "gpu_worker_count = ${var.gpu_worker_count}: expected a whole number from 0 to 16."
  }
}

variable "gpu_worker_instance_type" {
  description = "Instance type of the GPU workers: g5 (A10G) or g6 (L4)."
  type        = string
  default     = "g6.xlarge"

  validation {
    condition     = can(regex("^g[56]\\.([0-9]*xlarge)$", var.gpu_worker_instance_type))
    error_message = "gpu_worker_instance_type = \"${var.gpu_worker_instance_type}\": expected a g5 or g6 type such as g6.xlarge."
  }
}

variable "gpu_worker_spot" {
  description = "Runs the GPU workers on spot capacity; they hold no data of the pipeline."
  type        = bool
  default     = false
  nullable    = false
}

variable "gpu_worker_volume_gib" {
  description = "Root volume of a GPU worker in GiB; driver and GPU images are large."
  type        = number
  default     = 100

  validation {
    condition     = var.gpu_worker_volume_gib >= 50 && var.gpu_worker_volume_gib <= 16384 && floor(var.gpu_worker_volume_gib) == var.gpu_worker_volume_gib
    error_message = "gpu_worker_volume_gib = ${var.gpu_worker_volume_gib}: expected a whole number from 50 to 16384."
  }
}

variable "ami_id" {
  description = "AMI of all nodes (Ubuntu 24.04, the architecture of the instance types); null looks up Canonical's newest."
  type        = string
  default     = null

  validation {
    condition     = var.ami_id == null || can(regex("^ami-[0-9a-f]{8,17}$", var.ami_id))
    error_message = "ami_id = \"${coalesce(var.ami_id, "null")}\": expected an AMI id such as ami-0123456789abcdef0, or null."
  }
}

variable "detailed_monitoring" {
  description = "CloudWatch metrics every minute instead of every five (billed per instance)."
  type        = bool
  default     = false
  nullable    = false
}

# K3s -------------------------------------------------------------------------------------------------------------

variable "k3s_version" {
  description = "Release of K3s for new nodes, v1.32 or newer. A running cluster is upgraded by make upgrade-k3s."
  type        = string
  default     = "v1.36.4+k3s1"

  validation {
    condition     = can(regex("^v1\\.(3[2-9]|[4-9][0-9])\\.[0-9]+\\+k3s[0-9]+$", var.k3s_version))
    error_message = "k3s_version = \"${var.k3s_version}\": expected a pinned release, v1.32 or newer, such as v1.36.4+k3s1; channels such as latest and stable are refused."
  }

  validation {
    condition     = var.k3s_sha256 != null || can(jsondecode(file("${path.module}/k3s-releases.json")).releases[var.k3s_version])
    error_message = "k3s_version = \"${var.k3s_version}\" is not in terraform/k3s-releases.json; expected one that is, or its checksums in k3s_sha256."
  }
}

variable "k3s_sha256" {
  description = "SHA-256 sums of the K3s binary, {amd64 = \"...\", arm64 = \"...\"}, for a release that terraform/k3s-releases.json does not have."
  type        = map(string)
  default     = null

  validation {
    condition     = var.k3s_sha256 == null || try(length(var.k3s_sha256) > 0 && alltrue([for a, s in var.k3s_sha256 : contains(["amd64", "arm64"], a) && can(regex("^[0-9a-f]{64}$", s))]), false)
    error_message = "k3s_sha256: expected {amd64 = \"64 hexadecimal digits\", arm64 = \"...\"}, one or both."
  }
}

variable "k3s_disable" {
  description = "Packaged components of K3s that are left out. metrics-server (HPA), coredns and local-storage are needed."
  type        = list(string)
  default     = ["traefik", "servicelb"]

  validation {
    condition     = alltrue([for c in var.k3s_disable : contains(["traefik", "servicelb"], c)])
    error_message = "k3s_disable = ${jsonencode(var.k3s_disable)}: expected any of \"traefik\" and \"servicelb\"; metrics-server, coredns and local-storage are needed."
  }
}

variable "gpu_placement" {
  description = "Makes the scheduler ask the component placement (make deploy COMPONENTS=placement) where GPU pods go; see docs/placement.md."
  type        = bool
  default     = false
  nullable    = false
}

variable "etcd_snapshot_cron" {
  description = "When the control plane takes etcd snapshots by itself (cron, UTC)."
  type        = string
  default     = "0 */6 * * *"

  validation {
    condition     = length(split(" ", var.etcd_snapshot_cron)) == 5
    error_message = "etcd_snapshot_cron = \"${var.etcd_snapshot_cron}\": expected five fields, such as \"0 */6 * * *\"."
  }
}

variable "etcd_snapshot_retention" {
  description = "How many of these snapshots are kept on the control plane, 1 to 100."
  type        = number
  default     = 28

  validation {
    condition     = var.etcd_snapshot_retention >= 1 && var.etcd_snapshot_retention <= 100 && floor(var.etcd_snapshot_retention) == var.etcd_snapshot_retention
    error_message = "etcd_snapshot_retention = ${var.etcd_snapshot_retention}: expected a whole number from 1 to 100."
  }
}

variable "etcd_snapshot_bucket" {
  description = "S3 bucket of this region that etcd snapshots go to as well (folder NAME/etcd), and make backup TO=s3://... (folder NAME/backup), by the control plane's role; it may be that of make tf-backend. null keeps snapshots on the control plane's disk only, which goes with it."
  type        = string
  default     = null

  validation {
    condition     = var.etcd_snapshot_bucket == null || can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.etcd_snapshot_bucket))
    error_message = "etcd_snapshot_bucket = \"${coalesce(var.etcd_snapshot_bucket, "null")}\": expected the name of an S3 bucket, 3 to 63 lower-case letters, digits, dots and hyphens, or null."
  }
}

variable "ebs_volumes" {
  description = "Lets the control plane make, attach and snapshot EBS volumes for pods; make storage (part of make cloud) makes gp3 the default storage class. false: volumes are folders of the nodes' disks (local-path)."
  type        = bool
  default     = true
  nullable    = false
}

variable "ecr" {
  description = "Makes a repository in ECR for each image, which every node reads by its role; make push-images VIA=ecr fills them."
  type        = bool
  default     = false
  nullable    = false
}

variable "kms_key_arn" {
  description = "KMS key for the tokens in SSM; null uses the AWS managed key alias/aws/ssm, which costs nothing."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/.+$", var.kms_key_arn))
    error_message = "kms_key_arn = \"${coalesce(var.kms_key_arn, "null")}\": expected the ARN of a KMS key, arn:aws:kms:REGION:ACCOUNT:key/ID, or null."
  }
}

variable "node_timeout_s" {
  description = "How long one step on a node (a download, waiting for the control plane) is tried before it is reported as failed, in seconds."
  type        = number
  default     = 1800

  validation {
    condition     = var.node_timeout_s >= 60 && var.node_timeout_s <= 7200 && floor(var.node_timeout_s) == var.node_timeout_s
    error_message = "node_timeout_s = ${var.node_timeout_s}: expected a whole number from 60 to 7200."
  }
}

# GPU software ----------------------------------------------------------------------------------------------------

variable "nvidia_driver_branch" {
  description = "Branch of NVIDIA's server driver from Ubuntu's archive (packages nvidia-headless-BRANCH-server, nvidia-utils-BRANCH-server)."
  type        = string
  default     = "580"

  validation {
    condition     = can(regex("^[0-9]{3}$", var.nvidia_driver_branch))
    error_message = "nvidia_driver_branch = \"${var.nvidia_driver_branch}\": expected three digits, such as 580."
  }
}

variable "nvidia_toolkit_version" {
  description = "Version of the nvidia-container-toolkit package."
  type        = string
  default     = "1.20.0-1"

  validation {
    condition     = can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+-[0-9]+$", var.nvidia_toolkit_version))
    error_message = "nvidia_toolkit_version = \"${var.nvidia_toolkit_version}\": expected a package version such as 1.17.8-1."
  }
}

variable "nvidia_key_fingerprint" {
  description = "Fingerprint of the key that signs NVIDIA's container toolkit repository; another key is refused."
  type        = string
  default     = "C95B321B61E88C1809C4F759DDCAE044F796ECB0"

  validation {
    condition     = can(regex("^[0-9A-F]{40}$", var.nvidia_key_fingerprint))
    error_message = "nvidia_key_fingerprint = \"${var.nvidia_key_fingerprint}\": expected 40 hexadecimal digits in capitals."
  }
}

# Cost ------------------------------------------------------------------------------------------------------------

variable "price_region" {
  description = "Region whose prices make cost takes; null takes region. For a region that modules/cost/prices.json does not have."
  type        = string
  default     = null

  validation {
    condition     = var.price_region == null || can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.price_region))
    error_message = "price_region = \"${coalesce(var.price_region, "null")}\": expected the code of an AWS region, or null."
  }
}
