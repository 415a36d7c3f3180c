variables {
  region                      = "us-east-1"
  control_plane_instance_type = "t3.medium"
  control_plane_count         = 1
  control_plane_volume_gib    = 30
  worker_count                = 2
  worker_instance_type        = "t3.large"
  worker_spot                 = false
  worker_volume_gib           = 50
  spot_worker_count           = 0
  spot_worker_instance_type   = "t3.large"
  spot_worker_volume_gib      = 30
  ebs_volumes                 = false
  gpu_worker_count            = 0
  gpu_worker_instance_type    = "g6.xlarge"
  gpu_worker_spot             = false
  gpu_worker_volume_gib       = 100
  private_subnets             = false
  detailed_monitoring         = false
}

run "defaults" {
  command = plan

  # 730 h x (0.0416 + 2 x 0.0832) + 130 GiB x 0.08 + 3 x 730 h x 0.005
  assert {
    condition     = abs(output.estimate.total_usd - (730 * (0.0416 + 2 * 0.0832) + 130 * 0.08 + 3 * 730 * 0.005)) < 0.005
    error_message = "The total is ${output.estimate.total_usd}."
  }
  assert {
    condition     = length(output.estimate.items) == 4 && length(output.estimate.unpriced) == 0
    error_message = "Expected control plane, workers, volumes and addresses, all priced."
  }
}

run "volumes_of_production_and_snapshots_in_s3" {
  command = plan

  variables {
    ebs_volumes    = true
    overlay        = "production"
    etcd_snapshots = 84
  }

  # 84 snapshots of 0.1 GiB at most are 9 GiB
  assert {
    condition     = abs(output.estimate.total_usd - (730 * (0.0416 + 2 * 0.0832) + (130 + 120) * 0.08 + 9 * 0.023 + 3 * 730 * 0.005)) < 0.005
    error_message = "The total is ${output.estimate.total_usd}."
  }
  assert {
    condition     = contains(output.estimate.items[*].what, "gp3 of Kafka and MongoDB (GiB, production)")
    error_message = "The estimate does not say whose volumes it has: ${jsonencode(output.estimate.items[*].what)}"
  }
  assert {
    condition     = output.estimate.rates == { nat_gateway_gb = 0.045, network_load_balancer_lcu_hour = 0.006, flow_logs_gb = 0.5, s3_gib_month = 0.023 }
    error_message = "What is billed by use has other rates: ${jsonencode(output.estimate.rates)}"
  }
}

run "an_overlay_that_is_none" {
  command = plan

  variables {
    overlay = "tiny"
  }

  expect_failures = [var.overlay]
}

run "volumes_of_their_own_and_workers_on_spot" {
  command = plan

  variables {
    ebs_volumes       = true
    spot_worker_count = 2
  }

  assert {
    condition     = abs(output.estimate.total_usd - (730 * (0.0416 + 4 * 0.0832) + (130 + 2 * 30 + 40) * 0.08 + 5 * 730 * 0.005)) < 0.005
    error_message = "The total is ${output.estimate.total_usd}."
  }
  assert {
    condition     = contains(output.estimate.items[*].what, "spot worker t3.large (spot: at most)")
    error_message = "A spot price is not known before; the estimate must say that it is a bound."
  }
}

run "gpu_behind_a_nat_gateway" {
  command = plan

  variables {
    gpu_worker_count    = 2
    private_subnets     = true
    detailed_monitoring = true
    worker_spot         = true
  }

  assert {
    condition     = abs(output.estimate.total_usd - (730 * (0.0416 + 2 * 0.0832 + 2 * 0.8048 + 0.045 + 0.005) + 330 * 0.08 + 5 * 2.1)) < 0.005
    error_message = "The total is ${output.estimate.total_usd}."
  }
  assert {
    condition     = output.estimate.items[1].what == "worker t3.large (spot: at most)" && output.estimate.items[2].what == "GPU worker g6.xlarge"
    error_message = "A spot price is not known before; the estimate must say that it is a bound."
  }
}

# t3.medium: 2 vCPUs of which 20 % are included each; t3.large: 30 %. t4g bills 0.04 for what t3 bills 0.05 for, m6i nothing.
run "burstable_machines_that_are_busy_all_month" {
  command = plan

  assert {
    condition     = abs(output.estimate.surplus_usd - 730 * 0.05 * (2 * 0.8 + 2 * 2 * 0.7)) < 0.005
    error_message = "Surplus credits are ${output.estimate.surplus_usd}."
  }
}

run "burstable_machines_of_another_family" {
  command = plan

  variables {
    control_plane_instance_type = "m6i.large"
    worker_instance_type        = "t4g.xlarge"
  }

  assert {
    condition     = abs(output.estimate.surplus_usd - 730 * 0.04 * 2 * 4 * 0.6) < 0.005
    error_message = "Surplus credits are ${output.estimate.surplus_usd}."
  }
}

# Every type of these families has a price, each by its size; those that a free-plan account may start are among them.
run "a_size_that_is_nowhere_written" {
  command = plan

  variables {
    region                      = "us-west-2"
    control_plane_instance_type = "m7i-flex.large"
    worker_instance_type        = "c5.9xlarge"
    gpu_worker_count            = 1
    gpu_worker_instance_type    = "g6.48xlarge"
  }

  assert {
    condition     = [for i in output.estimate.items : format("%.3f", i.each_usd / 730) if length(regexall("control|worker", i.what)) > 0] == ["0.096", "1.530", "13.350"]
    error_message = "Prices of m7i-flex.large, c5.9xlarge and g6.48xlarge: ${jsonencode(output.estimate.items)}"
  }
  assert {
    condition     = length(output.estimate.unpriced_types) == 0
    error_message = "Without a price: ${jsonencode(output.estimate.unpriced_types)}"
  }
}

run "metal_is_no_size_in_proportion" {
  command = plan

  variables {
    worker_instance_type = "c6g.metal"
  }

  assert {
    condition     = join(",", output.estimate.unpriced_types) == "c6g.metal"
    error_message = "A bare machine's price is another one than its size's."
  }
}

run "three_servers_behind_a_load_balancer" {
  command = plan

  variables {
    control_plane_count = 3
  }

  assert {
    condition     = abs(output.estimate.total_usd - (730 * (3 * 0.0416 + 2 * 0.0832 + 0.0225 + 5 * 0.005) + 190 * 0.08)) < 0.005
    error_message = "The total is ${output.estimate.total_usd}."
  }
}

run "absent_is_not_zero" {
  command = plan

  variables {
    worker_instance_type = "m9.large"
  }

  assert {
    condition     = output.estimate.unpriced == ["worker m9.large"] && output.estimate.items[1].month_usd == null
    error_message = "A type without a price must be named, not counted as free."
  }
}

run "region_without_prices" {
  command = plan

  variables {
    region = "eu-north-1"
  }

  assert {
    condition     = length(output.estimate.unpriced) == 4 && output.estimate.total_usd == 0
    error_message = "Without prices every item is unpriced."
  }
}
