# Three zones with a server in each, private nodes, a control plane for nothing but the cluster; Kafka and MongoDB have a node each.
az_count                    = 3
private_subnets             = true
control_plane_count         = 3
control_plane_instance_type = "m6i.large"
control_plane_schedulable   = false
control_plane_volume_gib    = 50
worker_count                = 3
worker_instance_type        = "m6i.xlarge"
worker_volume_gib           = 200
flow_logs_retention_days    = 90
detailed_monitoring         = true
