# make cost reads this module's output; nothing depends on it.
module "cost" {
  source = "./modules/cost"

  region                      = coalesce(var.price_region, var.region)
  control_plane_instance_type = var.control_plane_instance_type
  control_plane_count         = var.control_plane_count
  control_plane_volume_gib    = var.control_plane_volume_gib
  worker_count                = var.worker_count
  worker_instance_type        = var.worker_instance_type
  worker_spot                 = var.worker_spot
  worker_volume_gib           = var.worker_volume_gib
  spot_worker_count           = var.spot_worker_count
  spot_worker_instance_type   = var.spot_worker_instance_type
  spot_worker_volume_gib      = var.spot_worker_volume_gib
  gpu_worker_count            = var.gpu_worker_count
  gpu_worker_instance_type    = var.gpu_worker_instance_type
  gpu_worker_spot             = var.gpu_worker_spot
  gpu_worker_volume_gib       = var.gpu_worker_volume_gib
  ebs_volumes                 = var.ebs_volumes
  private_subnets             = var.private_subnets
  detailed_monitoring         = var.detailed_monitoring
  etcd_snapshots              = var.etcd_snapshot_bucket == null ? 0 : var.etcd_snapshot_retention * var.control_plane_count
}
