# Every variable refuses what it cannot use.

variables {
  my_ip_cidr = "203.0.113.7/32"
}

run "my_ip_without_a_prefix" {
  command = plan

  variables {
    my_ip_cidr = "203.0.113.7"
  }

  expect_failures = [var.my_ip_cidr]
}

run "my_ip_out_of_range" {
  command = plan

  variables {
    my_ip_cidr = "203.0.113.300/32"
  }

  expect_failures = [var.my_ip_cidr]
}

run "my_ip_with_a_prefix_of_33" {
  command = plan

  variables {
    my_ip_cidr = "203.0.113.7/33"
  }

  expect_failures = [var.my_ip_cidr]
}

run "my_ip_with_host_bits" {
  command = plan

  variables {
    my_ip_cidr = "203.0.113.7/24"
  }

  expect_failures = [var.my_ip_cidr]
}

run "my_ip_version_6" {
  command = plan

  variables {
    my_ip_cidr = "2001:db8::1/128"
  }

  expect_failures = [var.my_ip_cidr]
}

run "my_ip_is_the_world" {
  command = plan

  variables {
    my_ip_cidr = "0.0.0.0/0"
  }

  expect_failures = [var.my_ip_cidr]
}

run "my_ip_is_half_the_world" {
  command = plan

  variables {
    my_ip_cidr = "128.0.0.0/1"
  }

  expect_failures = [var.my_ip_cidr]
}

run "name_with_capitals" {
  command = plan

  variables {
    name = "Cluster"
  }

  expect_failures = [var.name]
}

run "region_is_a_zone" {
  command = plan

  variables {
    region = "us-east-1a"
  }

  expect_failures = [var.region]
}

run "api_access_open" {
  command = plan

  variables {
    api_access = "open"
  }

  expect_failures = [var.api_access]
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

run "tls_san_with_a_space" {
  command = plan

  variables {
    tls_sans = ["a b"]
  }

  expect_failures = [var.tls_sans]
}

run "vpc_too_large" {
  command = plan

  variables {
    vpc_cidr = "10.0.0.0/8"
  }

  expect_failures = [var.vpc_cidr]
}

run "vpc_over_the_pods" {
  command = plan

  variables {
    vpc_cidr = "10.42.0.0/16"
  }

  expect_failures = [var.vpc_cidr]
}

run "four_zones" {
  command = plan

  variables {
    az_count = 4
  }

  expect_failures = [var.az_count]
}

run "zones_of_another_region" {
  command = plan

  variables {
    availability_zones = ["eu-west-1a"]
  }

  expect_failures = [var.availability_zones]
}

run "zones_and_count_disagree" {
  command = plan

  variables {
    availability_zones = ["us-east-1a", "us-east-1b"]
  }

  expect_failures = [var.availability_zones]
}

run "flow_logs_for_two_days" {
  command = plan

  variables {
    flow_logs_retention_days = 2
  }

  expect_failures = [var.flow_logs_retention_days]
}

run "control_plane_type_without_a_size" {
  command = plan

  variables {
    control_plane_instance_type = "t3"
  }

  expect_failures = [var.control_plane_instance_type]
}

run "control_plane_volume_too_small" {
  command = plan

  variables {
    control_plane_volume_gib = 8
  }

  expect_failures = [var.control_plane_volume_gib]
}

run "worker_count_negative" {
  command = plan

  variables {
    worker_count = -1
  }

  expect_failures = [var.worker_count]
}

run "worker_count_broken" {
  command = plan

  variables {
    worker_count = 1.5
  }

  expect_failures = [var.worker_count]
}

run "nowhere_for_the_application" {
  command = plan

  variables {
    worker_count              = 0
    control_plane_schedulable = false
  }

  expect_failures = [var.worker_count]
}

run "worker_type_without_a_size" {
  command = plan

  variables {
    worker_instance_type = "large"
  }

  expect_failures = [var.worker_instance_type]
}

run "worker_volume_broken" {
  command = plan

  variables {
    worker_volume_gib = 20.5
  }

  expect_failures = [var.worker_volume_gib]
}

run "too_many_gpu_workers" {
  command = plan

  variables {
    gpu_worker_count = 17
  }

  expect_failures = [var.gpu_worker_count]
}

run "gpu_worker_without_a_gpu" {
  command = plan

  variables {
    gpu_worker_instance_type = "m5.large"
  }

  expect_failures = [var.gpu_worker_instance_type]
}

run "gpu_volume_too_small" {
  command = plan

  variables {
    gpu_worker_volume_gib = 20
  }

  expect_failures = [var.gpu_worker_volume_gib]
}

run "ami_is_a_name" {
  command = plan

  variables {
    ami_id = "ubuntu"
  }

  expect_failures = [var.ami_id]
}

run "k3s_latest" {
  command = plan

  variables {
    k3s_version = "latest"
  }

  expect_failures = [var.k3s_version]
}

run "k3s_without_its_suffix" {
  command = plan

  variables {
    k3s_version = "v1.34.3"
  }

  expect_failures = [var.k3s_version]
}

run "k3s_too_old" {
  command = plan

  variables {
    k3s_version = "v1.31.0+k3s1"
  }

  expect_failures = [var.k3s_version]
}

run "k3s_release_without_a_checksum" {
  command = plan

  variables {
    k3s_version = "v1.34.99+k3s1"
  }

  expect_failures = [var.k3s_version]
}

run "k3s_sum_too_short" {
  command = plan

  variables {
    k3s_sha256 = { amd64 = "abc" }
  }

  expect_failures = [var.k3s_sha256]
}

run "k3s_without_metrics_server" {
  command = plan

  variables {
    k3s_disable = ["metrics-server"]
  }

  expect_failures = [var.k3s_disable]
}

run "snapshot_cron_with_four_fields" {
  command = plan

  variables {
    etcd_snapshot_cron = "0 * * *"
  }

  expect_failures = [var.etcd_snapshot_cron]
}

run "snapshots_kept_none" {
  command = plan

  variables {
    etcd_snapshot_retention = 0
  }

  expect_failures = [var.etcd_snapshot_retention]
}

run "kms_alias" {
  command = plan

  variables {
    kms_key_arn = "alias/mine"
  }

  expect_failures = [var.kms_key_arn]
}

run "node_timeout_too_short" {
  command = plan

  variables {
    node_timeout_s = 5
  }

  expect_failures = [var.node_timeout_s]
}

run "driver_branch_is_a_version" {
  command = plan

  variables {
    nvidia_driver_branch = "570.86"
  }

  expect_failures = [var.nvidia_driver_branch]
}

run "toolkit_version_is_a_branch" {
  command = plan

  variables {
    nvidia_toolkit_version = "1.17"
  }

  expect_failures = [var.nvidia_toolkit_version]
}

run "key_fingerprint_short" {
  command = plan

  variables {
    nvidia_key_fingerprint = "DDCAE044F796ECB0"
  }

  expect_failures = [var.nvidia_key_fingerprint]
}

run "price_region_is_a_zone" {
  command = plan

  variables {
    price_region = "us-east-1a"
  }

  expect_failures = [var.price_region]
}

run "reserved_tag" {
  command = plan

  variables {
    tags = { "aws:x" = "y" }
  }

  expect_failures = [var.tags]
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

run "a_bucket_by_its_address" {
  command = plan

  variables {
    etcd_snapshot_bucket = "s3://snapshots"
  }

  expect_failures = [var.etcd_snapshot_bucket]
}

run "two_servers" {
  command = plan

  variables {
    control_plane_count = 2
  }

  expect_failures = [var.control_plane_count]
}

run "three_servers_and_no_worker" {
  command = plan

  variables {
    control_plane_count = 3
    worker_count        = 0
  }

  expect_failures = [var.control_plane_count]
}
