# What may be changed on a cluster that runs: nothing of it takes away a machine that holds data. A machine that would be replaced
# has no id in the plan, and the comparison fails.

variables {
  my_ip_cidr = "203.0.113.7/32"
}

run "made" {
  command = apply
}

run "a_third_worker" {
  command = plan

  variables {
    worker_count = 3
  }

  assert {
    condition     = aws_instance.control_plane[0].id == run.made.control_plane_instance_id && [module.workers["worker"].instances[0].id, module.workers["worker"].instances[1].id] == run.made.worker_instance_ids
    error_message = "A further worker replaces another machine."
  }
}

run "over_three_zones" {
  command = plan

  variables {
    az_count = 3
  }

  assert {
    condition     = aws_instance.control_plane[0].id == run.made.control_plane_instance_id && module.workers["worker"].instances[*].id == run.made.worker_instance_ids
    error_message = "More zones replace a machine."
  }
}

run "in_private_subnets" {
  command = plan

  variables {
    private_subnets = true
  }

  assert {
    condition     = aws_instance.control_plane[0].id == run.made.control_plane_instance_id && module.workers["worker"].instances[*].id == run.made.worker_instance_ids
    error_message = "Private subnets replace a machine."
  }
}

run "another_release_of_k3s" {
  command = plan

  variables {
    k3s_version = "v1.34.2+k3s1"
  }

  assert {
    condition     = aws_instance.control_plane[0].id == run.made.control_plane_instance_id && module.workers["worker"].instances[*].id == run.made.worker_instance_ids
    error_message = "Another release of K3s replaces a machine."
  }
}

run "another_image_and_a_larger_volume" {
  command = plan

  variables {
    ami_id            = "ami-0123456789abcdef0"
    worker_volume_gib = 100
  }

  assert {
    condition     = aws_instance.control_plane[0].id == run.made.control_plane_instance_id && module.workers["worker"].instances[*].id == run.made.worker_instance_ids
    error_message = "Another image or a larger volume replaces a machine."
  }
}

run "another_zone" {
  command = plan

  variables {
    availability_zones = ["us-east-1c"]
  }

  assert {
    condition     = aws_instance.control_plane[0].id == run.made.control_plane_instance_id && aws_instance.control_plane[0].subnet_id == aws_subnet.public[0].id
    error_message = "Another choice of zones moves a subnet with machines in it."
  }
}

run "workers_on_spot_beside_the_others" {
  command = plan

  variables {
    spot_worker_count = 1
  }

  assert {
    condition     = aws_instance.control_plane[0].id == run.made.control_plane_instance_id && module.workers["worker"].instances[*].id == run.made.worker_instance_ids
    error_message = "A pool on spot replaces a machine."
  }
}

run "three_servers" {
  command = plan

  variables {
    control_plane_count = 3
  }

  assert {
    condition     = aws_instance.control_plane[0].id == run.made.control_plane_instance_id && module.workers["worker"].instances[*].id == run.made.worker_instance_ids && length(aws_instance.control_plane) == 3
    error_message = "Further servers replace a machine."
  }
}
