# What the chosen variables cost a month at list prices. No provider: make cost asks it before anything is made.

terraform {
  required_version = ">= 1.11.0"
}

locals {
  book   = jsondecode(file("${path.module}/prices.json"))
  prices = try(local.book.regions[var.region], null)
  hours  = local.book.hours_per_month

  gpu_nodes = var.gpu_worker_count
  nodes     = 1 + var.worker_count + local.gpu_nodes
  at_most   = " (spot: at most)"

  # price null: the table has none.
  items = [
    { what = "control plane ${var.control_plane_instance_type}", count = 1, price = try(local.prices.instance_hour_usd[var.control_plane_instance_type] * local.hours, null) },
    { what = "worker ${var.worker_instance_type}${var.worker_spot ? local.at_most : ""}", count = var.worker_count, price = try(local.prices.instance_hour_usd[var.worker_instance_type] * local.hours, null) },
    { what = "GPU worker ${var.gpu_worker_instance_type}${var.gpu_worker_spot ? local.at_most : ""}", count = local.gpu_nodes, price = try(local.prices.instance_hour_usd[var.gpu_worker_instance_type] * local.hours, null) },
    { what = "gp3 volumes (GiB)", count = var.control_plane_volume_gib + var.worker_count * var.worker_volume_gib + local.gpu_nodes * var.gpu_worker_volume_gib, price = try(local.prices.gp3_gib_month_usd, null) },
    { what = "public IPv4 addresses", count = var.private_subnets ? 1 : local.nodes, price = try(local.prices.public_ipv4_hour_usd * local.hours, null) },
    { what = "NAT gateway", count = var.private_subnets ? 1 : 0, price = try(local.prices.nat_gateway_hour_usd * local.hours, null) },
    { what = "detailed monitoring", count = var.detailed_monitoring ? local.nodes : 0, price = try(local.prices.detailed_monitoring_instance_month_usd, null) },
  ]
}
