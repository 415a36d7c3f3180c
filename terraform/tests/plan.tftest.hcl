# Plans against whatever account the environment names; no resource is made. Values that only apply knows are looked at by
# the emulator test.

variables {
  my_ip_cidr       = "203.0.113.7/32"
  gpu_worker_count = 1
}

run "defaults" {
  command = plan

  assert {
    condition     = length(aws_vpc_security_group_ingress_rule.operator) == 0 && length(aws_vpc_security_group_ingress_rule.web) == 0
    error_message = "By default nothing is open to an address: access is through SSM."
  }
  assert {
    condition     = length(module.workers["worker"].instances) == 2 && length(module.workers["gpu-worker"].instances) == 1
    error_message = "Expected two workers and one GPU worker."
  }
  assert {
    condition     = alltrue([for i in concat(aws_instance.control_plane, module.workers["worker"].instances, module.workers["gpu-worker"].instances) : i.metadata_options[0].http_tokens == "required" && i.metadata_options[0].http_put_response_hop_limit == 1])
    error_message = "IMDSv2 with a hop limit of 1 is required: a pod must not reach the node's role."
  }
  assert {
    condition     = alltrue([for i in concat(aws_instance.control_plane, module.workers["worker"].instances, module.workers["gpu-worker"].instances) : i.root_block_device[0].encrypted && i.root_block_device[0].volume_type == "gp3"])
    error_message = "Every root volume is encrypted gp3."
  }
  assert {
    condition     = alltrue([for i in concat(aws_instance.control_plane, module.workers["worker"].instances, module.workers["gpu-worker"].instances) : i.ami == "ami-0c0ffee0000000001" || !startswith(i.ami, "ami-0c0ffee")])
    error_message = "In the emulator only one image is Canonical's Ubuntu 24.04 for amd64."
  }
  assert {
    condition     = alltrue([for r in values(aws_vpc_security_group_egress_rule.internet) : contains([80, 443], r.from_port) && r.from_port == r.to_port && r.ip_protocol == "tcp"])
    error_message = "The internet is reached on 80 and 443 only."
  }
  assert {
    condition     = toset([for r in values(aws_vpc_security_group_ingress_rule.node) : "${r.ip_protocol} ${r.from_port}-${r.to_port}"]) == toset(["tcp 6443-6443", "udp 8472-8472", "tcp 10250-10250"])
    error_message = "Between nodes: 6443, 8472/udp and 10250, nothing else."
  }
  assert {
    condition     = alltrue([for r in values(aws_vpc_security_group_ingress_rule.node) : r.cidr_ipv4 == null && r.cidr_ipv6 == null])
    error_message = "Nodes let each other in by security group, never by address."
  }
  assert {
    condition     = length(aws_default_security_group.closed.ingress) == 0 && length(aws_default_security_group.closed.egress) == 0
    error_message = "The default security group lets nothing through."
  }
  assert {
    condition     = length(aws_subnet.private) == 0 && length(aws_nat_gateway.this) == 0 && length(aws_flow_log.this) == 0
    error_message = "What is billed extra is off by default."
  }
}

run "tokens" {
  command = plan

  assert {
    condition     = aws_ssm_parameter.server_token.type == "SecureString" && aws_ssm_parameter.agent_token.type == "SecureString"
    error_message = "Both tokens are SecureStrings."
  }
  assert {
    condition     = aws_ssm_parameter.server_token.value_wo == null && aws_ssm_parameter.agent_token.value_wo == null
    error_message = "A token is in the plan."
  }
  assert {
    condition     = strcontains(data.aws_iam_policy_document.node["control_plane"].json, "parameter/gpu-analytics/k3s/server-token")
    error_message = "The control plane reads its token."
  }
  assert {
    condition     = !strcontains(data.aws_iam_policy_document.node["worker"].json, "server-token") && !strcontains(data.aws_iam_policy_document.node["worker"].json, "PutParameter")
    error_message = "A worker reads neither the server's token nor writes any parameter."
  }
  assert {
    condition = alltrue(flatten([for role in ["control_plane", "worker"] : [
      for s in jsondecode(data.aws_iam_policy_document.node[role].json).Statement :
      s.Sid == "SessionManager" || contains(keys(local.volume_statements), s.Sid) || alltrue([for r in flatten([s.Resource]) : strcontains(r, ":parameter/gpu-analytics/k3s/")])
    ]]))
    error_message = "Beside Session Manager's channels a role names its own parameters only."
  }
}

# What the EBS CSI driver does, with the control plane's role alone, and to nothing that is not this cluster's.
run "volumes" {
  command = plan

  assert {
    condition     = !strcontains(data.aws_iam_policy_document.node["worker"].json, "ec2:")
    error_message = "A worker has a right to volumes."
  }
  assert {
    condition = {
      for s in jsondecode(data.aws_iam_policy_document.node["control_plane"].json).Statement : s.Sid => try(keys(s.Condition.StringEquals), []) if contains(keys(local.volume_statements), s.Sid)
      } == {
      LookAtVolumes   = []
      MakeVolumes     = ["aws:RequestTag/Cluster"]
      MakeSnapshots   = ["aws:RequestTag/Cluster"]
      TagVolumes      = ["ec2:CreateAction"]
      ChangeVolumes   = ["aws:ResourceTag/Cluster"]
      AttachVolumes   = ["aws:ResourceTag/Cluster"]
      ChangeSnapshots = ["aws:ResourceTag/Cluster"]
    }
    error_message = "A right to volumes has no condition, or another one."
  }
  assert {
    condition     = output.ebs_volumes && length(aws_ecr_repository.image) == 0
    error_message = "By default there are volumes and no repositories."
  }
}

run "no_volumes" {
  command = plan

  variables {
    ebs_volumes = false
  }

  assert {
    condition     = !strcontains(data.aws_iam_policy_document.node["control_plane"].json, "ec2:")
    error_message = "The control plane has a right to volumes that nobody makes."
  }
}

run "images_in_ecr_workers_on_spot_and_a_door_for_the_web" {
  command = plan

  variables {
    ecr               = true
    spot_worker_count = 2
    worker_count      = 1
    web_cidrs         = ["198.51.100.0/24"]
  }

  assert {
    condition     = keys(aws_ecr_repository.image) == ["placement", "processor", "producers"] && aws_ecr_repository.image["processor"].name == "gpu-analytics/gpu-analytics-processor" && aws_ecr_repository.image["producers"].image_tag_mutability == "IMMUTABLE"
    error_message = "Expected a repository for each image, whose tags stay what they are."
  }
  assert {
    condition     = endswith(local.registry, ".dkr.ecr.us-east-1.amazonaws.com")
    error_message = "The registry of the nodes is ${local.registry}."
  }
  assert {
    condition     = alltrue([for i in module.workers["spot-worker"].instances : i.instance_market_options[0].market_type == "spot"]) && length(module.workers["spot-worker"].instances) == 2
    error_message = "Expected two workers on spot."
  }
  assert {
    condition     = !local.workers["worker"].spot && length(module.workers["worker"].instances) == 1
    error_message = "What holds data is not on demand."
  }
  assert {
    condition     = toset([for r in values(aws_vpc_security_group_ingress_rule.web) : "${r.cidr_ipv4} ${r.ip_protocol} ${r.from_port}-${r.to_port}"]) == toset(["198.51.100.0/24 tcp 443-443"]) && length(aws_vpc_security_group_ingress_rule.web) == 2
    error_message = "443 is open to web_cidrs and to nobody else."
  }
}

run "snapshots_in_s3" {
  command = plan

  variables {
    etcd_snapshot_bucket = "snapshots"
  }

  assert {
    condition = {
      for s in jsondecode(data.aws_iam_policy_document.node["control_plane"].json).Statement : s.Sid => s.Resource if startswith(try(s.Sid, ""), "Write")
      } == {
      WriteSnapshots = "arn:aws:s3:::snapshots/gpu-analytics/etcd/*"
      WriteBackups   = "arn:aws:s3:::snapshots/gpu-analytics/backup/*"
    }
    error_message = "The control plane writes its own folders and nothing else."
  }
  # Evaluated as IAM does: a condition on a key that a request has not is false, but for IfExists. HeadBucket, which K3s asks first,
  # has no s3:prefix.
  assert {
    condition = { for what, prefix in { head_bucket = null, own_folder = "gpu-analytics/etcd/etcd-snapshot-1", backups = "gpu-analytics/backup/", state = "gpu-analytics/terraform.tfstate" } :
      what => anytrue([for s in jsondecode(data.aws_iam_policy_document.node["control_plane"].json).Statement :
        contains(flatten([s.Action]), "s3:ListBucket") && contains(flatten([s.Resource]), "arn:aws:s3:::snapshots") && alltrue(flatten([for test, keys in try(s.Condition, {}) : [
          for key, values in keys : prefix == null ? endswith(test, "IfExists") : key == "s3:prefix" && startswith(test, "StringLike") && anytrue([
          for value in flatten([values]) : endswith(value, "*") ? startswith(coalesce(prefix, "-"), trimsuffix(value, "*")) : prefix == value])
        ]]))
      ])
    } == { head_bucket = true, own_folder = true, backups = false, state = false }
    error_message = "The control plane cannot ask for its bucket, or lists what it does not write."
  }
  assert {
    condition     = !strcontains(data.aws_iam_policy_document.node["worker"].json, "s3:")
    error_message = "A worker has no right to the snapshots, which hold every secret."
  }
}

run "public_api" {
  command = plan

  variables {
    api_access = "public"
  }

  assert {
    condition     = [for r in values(aws_vpc_security_group_ingress_rule.operator) : "${r.cidr_ipv4} ${r.ip_protocol} ${r.from_port}-${r.to_port}"] == ["203.0.113.7/32 tcp 6443-6443"]
    error_message = "6443 is open to my_ip_cidr and to nobody else."
  }
}

run "ssh" {
  command = plan

  variables {
    ssh_key_name = "laptop"
  }

  assert {
    condition     = [for r in values(aws_vpc_security_group_ingress_rule.operator) : "${r.cidr_ipv4} ${r.ip_protocol} ${r.from_port}-${r.to_port}"] == ["203.0.113.7/32 tcp 22-22"]
    error_message = "22 is open to my_ip_cidr and to nobody else."
  }
  assert {
    condition     = aws_vpc_security_group_ingress_rule.node["ssh_jump"].from_port == 22 && aws_vpc_security_group_ingress_rule.node["ssh_jump"].cidr_ipv4 == null
    error_message = "Workers take SSH from the control plane only."
  }
  assert {
    condition     = aws_instance.control_plane[0].key_name == "laptop" && output.access == "ssh"
    error_message = "The key pair is not used."
  }
}

run "world_if_meant" {
  command = plan

  variables {
    my_ip_cidr  = "0.0.0.0/0"
    allow_world = true
    api_access  = "public"
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.operator["api"].cidr_ipv4 == "0.0.0.0/0"
    error_message = "allow_world is not honoured."
  }
}

# That the control plane never is on spot shows in its configuration, which the emulator test reads.
run "spot" {
  command = plan

  variables {
    worker_spot = true
  }

  assert {
    condition     = alltrue([for i in module.workers["worker"].instances : i.instance_market_options[0].market_type == "spot" && i.instance_market_options[0].spot_options[0].instance_interruption_behavior == "terminate"])
    error_message = "Workers are not on spot."
  }
}

# That the others then stay on demand is looked at in the plan of examples/gpu.tfvars.
run "gpu_workers_on_spot" {
  command = plan

  variables {
    gpu_worker_spot = true
  }

  assert {
    condition     = alltrue([for i in module.workers["gpu-worker"].instances : i.instance_market_options[0].market_type == "spot"])
    error_message = "GPU workers are not on spot."
  }
}

run "private_subnets_over_three_zones" {
  command = plan

  variables {
    private_subnets          = true
    az_count                 = 3
    worker_count             = 4
    flow_logs_retention_days = 30
  }

  assert {
    condition     = length(aws_subnet.public) == 3 && length(aws_subnet.private) == 3 && length(aws_nat_gateway.this) == 1 && length(aws_eip.control_plane) == 0
    error_message = "Expected three public and three private subnets, one NAT gateway, and no address for the control plane."
  }
  assert {
    condition     = alltrue([for s in concat(aws_subnet.public, aws_subnet.private) : !s.map_public_ip_on_launch])
    error_message = "No subnet gives out public addresses."
  }
  assert {
    condition     = length(distinct(concat(aws_subnet.public[*].cidr_block, aws_subnet.private[*].cidr_block))) == 6
    error_message = "Subnets overlap."
  }
  assert {
    condition     = length(aws_flow_log.this) == 1 && aws_cloudwatch_log_group.flow_logs[0].retention_in_days == 30
    error_message = "Flow logs are not kept for 30 days."
  }
  assert {
    condition     = output.control_plane_public_ip == ""
    error_message = "There is a public address."
  }
}

run "arm64" {
  command = plan

  variables {
    control_plane_instance_type = "t4g.medium"
    worker_instance_type        = "m6g.large"
    gpu_worker_count            = 0
  }

  assert {
    condition     = local.architectures == { "t4g.medium" = "arm64", "m6g.large" = "arm64" }
    error_message = "Graviton types need an arm64 image."
  }
}

run "own_image" {
  command = plan

  variables {
    ami_id = "ami-0123456789abcdef0"
  }

  assert {
    condition     = aws_instance.control_plane[0].ami == "ami-0123456789abcdef0" && module.workers["worker"].instances[1].ami == "ami-0123456789abcdef0" && length(data.aws_ami.ubuntu) == 0
    error_message = "ami_id is not used."
  }
}

run "small_vpc" {
  command = plan

  variables {
    vpc_cidr        = "192.168.7.0/24"
    private_subnets = true
    az_count        = 3
  }

  assert {
    condition     = aws_subnet.private[2].cidr_block == "192.168.7.80/28"
    error_message = "The sixth part of a /24 is 192.168.7.80/28, not ${aws_subnet.private[2].cidr_block}."
  }
}

run "three_servers" {
  command = plan

  variables {
    control_plane_count = 3
    az_count            = 3
    ssh_key_name        = "laptop"
  }

  assert {
    condition     = length(aws_instance.control_plane) == 3 && length(aws_lb.api) == 1 && aws_lb.api[0].internal && aws_lb.api[0].load_balancer_type == "network" && length(aws_lb_target_group_attachment.api) == 3
    error_message = "Expected three servers behind one internal load balancer."
  }
  assert {
    condition     = aws_lb_target_group.api[0].preserve_client_ip == "false" && aws_lb_listener.api[0].port == 6443
    error_message = "A server must reach itself by the load balancer."
  }
  assert {
    condition = toset([for name, r in aws_vpc_security_group_ingress_rule.node : "${r.ip_protocol} ${r.from_port}-${r.to_port}" if contains(keys(local.server_edges), name) || name == "ssh_servers"]) == toset([
    "tcp 2379-2380", "tcp 6443-6443", "udp 8472-8472", "tcp 10250-10250", "tcp 22-22"])
    error_message = "Among servers: etcd, the API, the pod network, the kubelet."
  }
  assert {
    condition     = alltrue([for r in values(aws_vpc_security_group_ingress_rule.node) : r.cidr_ipv4 == null])
    error_message = "etcd and the load balancer are reached by security group, never by address."
  }
  assert {
    condition     = alltrue([for m in aws_instance.control_plane : m.metadata_options[0].http_put_response_hop_limit == 1]) && length(distinct([for m in aws_instance.control_plane : m.tags.Name])) == 3
    error_message = "Every server is one of its own, as closed as the first."
  }
}

# What user-data says shows only when the load balancer has its name; that the others join and the first begins does not need it.
run "one_server_has_no_load_balancer" {
  command = plan

  assert {
    condition     = length(aws_lb.api) == 0 && length(aws_security_group.api) == 0 && length(local.server_edges) == 0 && local.api_name == null
    error_message = "What three servers need is billed for one."
  }
}
