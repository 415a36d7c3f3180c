# What the chosen variables cost a month at list prices. No provider: make cost asks it before anything is made.

terraform {
  required_version = ">= 1.11.0"
}

locals {
  book   = jsondecode(file("${path.module}/prices.json"))
  region = try(local.book.regions[var.region], null)
  table  = try(local.book.tables[local.region.table], null)
  hours  = local.book.hours_per_month

  # What instances cost an hour: those with a price of their own (a region's own before its table's), else by the size, since a
  # family's prices are in proportion to it. A type that is neither has none.
  parts = { for t in distinct([var.control_plane_instance_type, var.worker_instance_type, var.spot_worker_instance_type, var.gpu_worker_instance_type]) : t => { family = split(".", t)[0], size = try(split(".", t)[1], "") } }
  xlarges = { for t, p in local.parts : t => try(
    { nano = 1 / 32, micro = 1 / 16, small = 1 / 8, medium = 1 / 4, large = 1 / 2, xlarge = 1 }[p.size],
    tonumber(regex("^([0-9]+)xlarge$", p.size)[0]),
    null,
  ) }
  hour_usd = { for t, p in local.parts : t => try(
    local.region.instance_hour_usd[t],
    local.table.instance_hour_usd[t],
    local.table.xlarge_hour_usd[p.family] * local.xlarges[t],
    null,
  ) }

  gpu_nodes = var.gpu_worker_count
  nodes     = var.control_plane_count + var.worker_count + var.spot_worker_count + local.gpu_nodes
  at_most   = " (spot: at most)"

  machines = [
    { what = "control plane ${var.control_plane_instance_type}", type = var.control_plane_instance_type, count = var.control_plane_count },
    { what = "worker ${var.worker_instance_type}${var.worker_spot ? local.at_most : ""}", type = var.worker_instance_type, count = var.worker_count },
    { what = "spot worker ${var.spot_worker_instance_type}${local.at_most}", type = var.spot_worker_instance_type, count = var.spot_worker_count },
    { what = "GPU worker ${var.gpu_worker_instance_type}${var.gpu_worker_spot ? local.at_most : ""}", type = var.gpu_worker_instance_type, count = local.gpu_nodes },
  ]

  # What burstable machines bill on top if they are busy all month: t3, t3a and t4g are unlimited unless told otherwise.
  surplus_usd = [for m in local.machines : try(
    m.count * local.hours * local.book.burstable.surplus_vcpu_hour_usd[local.parts[m.type].family]
    * local.book.burstable.sizes[local.parts[m.type].size].vcpus * (1 - local.book.burstable.sizes[local.parts[m.type].size].baseline),
    0,
  )]

  # What an overlay's claims ask for (k8s/base/platform/*/statefulset.yaml), and what a snapshot of a cluster of this size stays below.
  claims_gib   = { dev = 0, single = 40, staging = 80, production = 120 }
  snapshot_gib = 0.1

  # price null: the table has none.
  items = concat(
    [for m in local.machines : { what = m.what, count = m.count, price = try(local.hour_usd[m.type] * local.hours, null) }],
    [
      { what = "gp3 volumes (GiB)", count = var.control_plane_count * var.control_plane_volume_gib + var.worker_count * var.worker_volume_gib + var.spot_worker_count * var.spot_worker_volume_gib + local.gpu_nodes * var.gpu_worker_volume_gib, price = try(local.table.gp3_gib_month_usd, null) },
      { what = "gp3 of Kafka and MongoDB (GiB, ${var.overlay})", count = var.ebs_volumes ? local.claims_gib[var.overlay] : 0, price = try(local.table.gp3_gib_month_usd, null) },
      { what = "etcd snapshots in S3 (GiB, at most)", count = ceil(var.etcd_snapshots * local.snapshot_gib), price = try(local.table.s3_gib_month_usd, null) },
      { what = "public IPv4 addresses", count = var.private_subnets ? 1 : local.nodes, price = try(local.table.public_ipv4_hour_usd * local.hours, null) },
      { what = "load balancer of the API", count = var.control_plane_count > 1 ? 1 : 0, price = try(local.table.network_load_balancer_hour_usd * local.hours, null) },
      { what = "NAT gateway", count = var.private_subnets ? 1 : 0, price = try(local.table.nat_gateway_hour_usd * local.hours, null) },
      { what = "detailed monitoring", count = var.detailed_monitoring ? local.nodes : 0, price = try(local.table.detailed_monitoring_instance_month_usd, null) },
    ],
  )
}
