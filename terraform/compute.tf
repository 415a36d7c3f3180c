data "aws_ec2_instance_types" "offered" {
  filter {
    name   = "instance-type"
    values = local.instance_types
  }

  lifecycle {
    postcondition {
      condition = length(setsubtract(local.instance_types, self.instance_types)) == 0
      error_message = join(" ", [for variable, type in local.chosen_types :
        "${variable} = \"${type}\": region ${var.region} has no such instance type." if !contains(self.instance_types, type)
      ])
    }
  }
}

data "aws_ec2_instance_type" "used" {
  for_each = toset(data.aws_ec2_instance_types.offered.instance_types)

  instance_type = each.value
}

# Not every zone has every type.
data "aws_ec2_instance_type_offerings" "zones" {
  for_each = data.aws_ec2_instance_type.used

  location_type = "availability-zone"

  filter {
    name   = "instance-type"
    values = [each.key]
  }
}

data "aws_ami" "ubuntu" {
  for_each = var.ami_id == null ? toset(values(local.architectures)) : toset([])

  most_recent = true
  owners      = ["099720109477"] # Canonical

  filter {
    name   = "name"
    values = ["ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-${each.value == "arm64" ? "arm64" : "amd64"}-server-*"]
  }

  filter {
    name   = "architecture"
    values = [each.value]
  }
}

locals {
  chosen_types = merge(
    { control_plane_instance_type = var.control_plane_instance_type },
    var.worker_count > 0 ? { worker_instance_type = var.worker_instance_type } : {},
    var.spot_worker_count > 0 ? { spot_worker_instance_type = var.spot_worker_instance_type } : {},
    var.gpu_worker_count > 0 ? { gpu_worker_instance_type = var.gpu_worker_instance_type } : {},
  )
  instance_types = distinct(values(local.chosen_types))
  architectures  = { for t, it in data.aws_ec2_instance_type.used : t => contains(it.supported_architectures, "arm64") ? "arm64" : "x86_64" }
  amis           = { for t, arch in local.architectures : t => var.ami_id != null ? var.ami_id : data.aws_ami.ubuntu[arch].id }

  subnet_ids = var.private_subnets ? aws_subnet.private[*].id : aws_subnet.public[*].id

  k3s_sha256 = var.k3s_sha256 != null ? var.k3s_sha256 : jsondecode(file("${path.module}/k3s-releases.json")).releases[var.k3s_version]
}

# An address of its own, so that stopping and starting the control plane breaks neither certificate nor kubeconfig.
resource "aws_eip" "control_plane" {
  #checkov:skip=CKV2_AWS_19:aws_eip_association attaches it; the certificate's names need the address before the instance is there
  count = var.private_subnets ? 0 : 1

  domain = "vpc"

  tags = { Name = "${var.name}-control-plane" }

  depends_on = [aws_internet_gateway.this]
}

resource "aws_eip_association" "control_plane" {
  count = var.private_subnets ? 0 : 1

  instance_id   = aws_instance.control_plane[0].id
  allocation_id = aws_eip.control_plane[0].id
}

module "control_plane_user_data" {
  source = "./modules/user-data"
  count  = var.control_plane_count

  role                    = "control-plane"
  node_name               = local.control_plane_names[count.index]
  joins                   = count.index > 0
  control_plane_ip        = local.api_name
  region                  = var.region
  k3s_version             = var.k3s_version
  k3s_sha256              = local.k3s_sha256
  parameters              = local.parameters
  tls_sans                = concat(aws_eip.control_plane[*].public_ip, aws_lb.api[*].dns_name, var.tls_sans)
  disable                 = var.k3s_disable
  gpu_placement           = var.gpu_placement
  schedulable             = var.control_plane_schedulable && var.control_plane_count == 1
  etcd_snapshot_cron      = var.etcd_snapshot_cron
  etcd_snapshot_retention = var.etcd_snapshot_retention
  # All servers' snapshots are counted together there: as many of each as on its disk.
  etcd_snapshot_s3 = var.etcd_snapshot_bucket == null ? null : {
    bucket    = var.etcd_snapshot_bucket
    folder    = local.etcd_folder
    retention = var.etcd_snapshot_retention * var.control_plane_count
  }
  registry  = local.registry
  timeout_s = var.node_timeout_s
}

module "worker_user_data" {
  source = "./modules/user-data"
  count  = var.worker_count

  role             = "worker"
  node_name        = "worker-${count.index}"
  region           = var.region
  k3s_version      = var.k3s_version
  k3s_sha256       = local.k3s_sha256
  parameters       = local.parameters
  control_plane_ip = coalesce(local.api_name, aws_instance.control_plane[0].private_ip)
  registry         = local.registry
  timeout_s        = var.node_timeout_s
}

module "spot_worker_user_data" {
  source = "./modules/user-data"
  count  = var.spot_worker_count

  role             = "worker"
  node_name        = "spot-worker-${count.index}"
  region           = var.region
  k3s_version      = var.k3s_version
  k3s_sha256       = local.k3s_sha256
  parameters       = local.parameters
  control_plane_ip = coalesce(local.api_name, aws_instance.control_plane[0].private_ip)
  registry         = local.registry
  timeout_s        = var.node_timeout_s
  spot_pool        = true
}

module "gpu_worker_user_data" {
  source = "./modules/user-data"
  count  = var.gpu_worker_count

  role                   = "worker"
  node_name              = "gpu-worker-${count.index}"
  region                 = var.region
  k3s_version            = var.k3s_version
  k3s_sha256             = local.k3s_sha256
  parameters             = local.parameters
  control_plane_ip       = coalesce(local.api_name, aws_instance.control_plane[0].private_ip)
  registry               = local.registry
  timeout_s              = var.node_timeout_s
  gpu                    = true
  nvidia_driver_branch   = var.nvidia_driver_branch
  nvidia_toolkit_version = var.nvidia_toolkit_version
  nvidia_key_fingerprint = var.nvidia_key_fingerprint
}

resource "aws_instance" "control_plane" {
  #checkov:skip=CKV_AWS_126:one-minute metrics are billed by the instance; detailed_monitoring switches them on
  count = var.control_plane_count

  ami                    = local.amis[var.control_plane_instance_type]
  instance_type          = var.control_plane_instance_type
  subnet_id              = local.subnet_ids[count.index % length(local.subnet_ids)]
  vpc_security_group_ids = [aws_security_group.control_plane.id]
  iam_instance_profile   = aws_iam_instance_profile.node["control_plane"].name
  key_name               = var.ssh_key_name
  user_data              = module.control_plane_user_data[count.index].user_data
  monitoring             = var.detailed_monitoring
  ebs_optimized          = true

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    volume_type = "gp3"
    volume_size = var.control_plane_volume_gib
    encrypted   = true

    tags = { Name = "${var.name}-${local.control_plane_names[count.index]}", Cluster = var.name }
  }

  tags = { Name = "${var.name}-${local.control_plane_names[count.index]}", Role = "control-plane" }

  # It holds etcd. A newer AMI, another user-data or other zones must neither replace nor stop it: make bootstrap-k3s and
  # make upgrade-k3s change a node in place, and zones are for new machines.
  # Terraform by hand takes none away; scripts/infra/tf lets go of this and looks at what the plan says instead.
  lifecycle {
    ignore_changes  = [ami, user_data, subnet_id]
    prevent_destroy = true
  }

  depends_on = [
    aws_iam_role_policy.node, aws_route_table_association.public, aws_route_table_association.private,
    aws_ssm_parameter.server_token, aws_ssm_parameter.agent_token, aws_ssm_parameter.ca_hash,
    aws_vpc_security_group_egress_rule.internet, aws_vpc_security_group_egress_rule.node,
  ]
}

locals {
  control_plane_names = ["control-plane", "control-plane-1", "control-plane-2"]

  worker_kinds = ["worker", "spot-worker", "gpu-worker"]

  # user_data: one for each.
  workers = {
    worker = {
      instance_type = var.worker_instance_type
      spot          = var.worker_spot
      volume_gib    = var.worker_volume_gib
      user_data     = module.worker_user_data[*].user_data
    }
    spot-worker = {
      instance_type = var.spot_worker_instance_type
      spot          = true
      volume_gib    = var.spot_worker_volume_gib
      user_data     = module.spot_worker_user_data[*].user_data
    }
    gpu-worker = {
      instance_type = var.gpu_worker_instance_type
      spot          = var.gpu_worker_spot
      volume_gib    = var.gpu_worker_volume_gib
      user_data     = module.gpu_worker_user_data[*].user_data
    }
  }
}

module "workers" {
  source   = "./modules/workers"
  for_each = local.workers

  kind                = each.key
  cluster             = var.name
  amis                = local.amis
  instance_type       = each.value.instance_type
  spot                = each.value.spot
  volume_gib          = each.value.volume_gib
  user_data           = each.value.user_data
  subnet_ids          = local.subnet_ids
  security_group_id   = aws_security_group.worker.id
  instance_profile    = aws_iam_instance_profile.node["worker"].name
  key_name            = var.ssh_key_name
  detailed_monitoring = var.detailed_monitoring

  depends_on = [
    aws_iam_role_policy.node, aws_route_table_association.public, aws_route_table_association.private,
    aws_ssm_parameter.agent_token, aws_ssm_parameter.ca_hash,
    aws_vpc_security_group_egress_rule.internet, aws_vpc_security_group_egress_rule.node,
  ]
}

# Clusters of earlier versions keep their machines.
moved {
  from = aws_instance.control_plane
  to   = aws_instance.control_plane[0]
}

moved {
  from = aws_instance.worker
  to   = module.workers["worker"].aws_instance.this
}

moved {
  from = aws_instance.gpu_worker
  to   = module.workers["gpu-worker"].aws_instance.this
}
