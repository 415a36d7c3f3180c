# Every variable refuses what it cannot use. One run tries a bad value of many: each must be refused, and nothing else.

variables {
  my_ip_cidr = "203.0.113.7/32"
}

run "one_bad_value_of_each_variable" {
  command = plan

  variables {
    my_ip_cidr                  = "203.0.113.7"
    name                        = "Cluster"
    region                      = "us-east-1a"
    api_access                  = "open"
    tls_sans                    = ["a b"]
    vpc_cidr                    = "10.0.0.0/8"
    az_count                    = 4
    flow_logs_retention_days    = 2
    control_plane_instance_type = "t3"
    control_plane_volume_gib    = 8
    worker_count                = -1
    worker_instance_type        = "large"
    worker_volume_gib           = 20.5
    gpu_worker_count            = 17
    gpu_worker_instance_type    = "m5.large"
    gpu_worker_volume_gib       = 20
    ami_id                      = "ubuntu"
    k3s_sha256                  = { amd64 = "abc" }
    k3s_disable                 = ["metrics-server"]
    etcd_snapshot_cron          = "0 * * *"
    etcd_snapshot_retention     = 0
    kms_key_arn                 = "alias/mine"
    node_timeout_s              = 5
    nvidia_driver_branch        = "570.86"
    nvidia_toolkit_version      = "1.17"
    nvidia_key_fingerprint      = "DDCAE044F796ECB0"
    price_region                = "us-east-1a"
    tags                        = { "aws:x" = "y" }
    etcd_snapshot_bucket        = "s3://snapshots"
    web_cidrs                   = ["203.0.113.7/24"]
    spot_worker_count           = 51
    spot_worker_instance_type   = "large"
    spot_worker_volume_gib      = 8
  }

  expect_failures = [
    var.my_ip_cidr,
    var.name,
    var.region,
    var.api_access,
    var.tls_sans,
    var.vpc_cidr,
    var.az_count,
    var.flow_logs_retention_days,
    var.control_plane_instance_type,
    var.control_plane_volume_gib,
    var.worker_count,
    var.worker_instance_type,
    var.worker_volume_gib,
    var.gpu_worker_count,
    var.gpu_worker_instance_type,
    var.gpu_worker_volume_gib,
    var.ami_id,
    var.k3s_sha256,
    var.k3s_disable,
    var.etcd_snapshot_cron,
    var.etcd_snapshot_retention,
    var.kms_key_arn,
    var.node_timeout_s,
    var.nvidia_driver_branch,
    var.nvidia_toolkit_version,
    var.nvidia_key_fingerprint,
    var.price_region,
    var.tags,
    var.etcd_snapshot_bucket,
    var.web_cidrs,
    var.spot_worker_count,
    var.spot_worker_instance_type,
    var.spot_worker_volume_gib,
  ]
}

run "a_second_bad_value" {
  command = plan

  variables {
    availability_zones = ["eu-west-1a"]
    k3s_version        = "latest"
    my_ip_cidr         = "203.0.113.300/32"
    vpc_cidr           = "10.42.0.0/16"
    worker_count       = 1.5
    web_cidrs          = ["203.0.113.7"]
  }

  expect_failures = [
    var.availability_zones,
    var.k3s_version,
    var.my_ip_cidr,
    var.vpc_cidr,
    var.worker_count,
    var.web_cidrs,
  ]
}

run "a_third" {
  command = plan

  variables {
    control_plane_count = 2
    availability_zones  = ["us-east-1a", "us-east-1b"]
    k3s_version         = "v1.34.3"
    my_ip_cidr          = "203.0.113.7/33"
  }

  expect_failures = [
    var.control_plane_count,
    var.availability_zones,
    var.k3s_version,
    var.my_ip_cidr,
  ]
}

run "a_fourth" {
  command = plan

  variables {
    k3s_version = "v1.31.0+k3s1"
    my_ip_cidr  = "203.0.113.7/24"
  }

  expect_failures = [
    var.k3s_version,
    var.my_ip_cidr,
  ]
}

run "a_fifth" {
  command = plan

  variables {
    k3s_version = "v1.34.99+k3s1"
    my_ip_cidr  = "2001:db8::1/128"
  }

  expect_failures = [
    var.k3s_version,
    var.my_ip_cidr,
  ]
}

run "a_sixth" {
  command = plan

  variables {
    my_ip_cidr = "0.0.0.0/0"
  }

  expect_failures = [
    var.my_ip_cidr,
  ]
}

run "a_seventh" {
  command = plan

  variables {
    my_ip_cidr = "128.0.0.0/1"
  }

  expect_failures = [
    var.my_ip_cidr,
  ]
}

run "api_public_in_private_subnets" {
  command = plan

  variables {
    api_access      = "public"
    private_subnets = true
  }

  expect_failures = [var.api_access]
}

run "ssh_in_private_subnets" {
  command = plan

  variables {
    ssh_key_name    = "laptop"
    private_subnets = true
  }

  expect_failures = [var.ssh_key_name]
}

run "nowhere_for_the_application" {
  command = plan

  variables {
    worker_count              = 0
    control_plane_schedulable = false
  }

  expect_failures = [var.worker_count]
}

run "worker_type_unknown_to_aws" {
  command = plan

  variables {
    worker_instance_type = "t3.enormous"
  }

  expect_failures = [data.aws_ec2_instance_types.offered]
}

run "control_plane_type_unknown_to_aws" {
  command = plan

  variables {
    control_plane_instance_type = "q9.large"
  }

  expect_failures = [data.aws_ec2_instance_types.offered]
}

run "zone_unknown_to_aws" {
  command = plan

  variables {
    availability_zones = ["us-east-1z"]
  }

  expect_failures = [aws_vpc.this]
}

run "three_servers_and_no_worker" {
  command = plan

  variables {
    control_plane_count = 3
    worker_count        = 0
  }

  expect_failures = [var.control_plane_count]
}

run "no_worker_on_demand_for_the_stores" {
  command = plan

  variables {
    worker_spot       = true
    spot_worker_count = 1
  }

  expect_failures = [var.spot_worker_count]
}
