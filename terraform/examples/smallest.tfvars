# One machine that does everything: to look at it. my_ip_cidr comes from terraform.tfvars or -var.
worker_count                = 0
control_plane_instance_type = "t3.large"
control_plane_volume_gib    = 40
