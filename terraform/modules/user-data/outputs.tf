output "user_data" {
  description = "The user-data, a cloud-config. Holds no secret."
  value       = local.user_data

  precondition {
    condition     = length(local.user_data) <= 16384
    error_message = "The user-data of ${var.node_name} has ${length(local.user_data)} bytes; EC2 takes at most 16384."
  }
}

locals {
  user_data = templatefile("${path.module}/templates/user-data.yaml.tftpl", {
    node_name   = var.node_name
    k3s_version = var.k3s_version
    files       = local.files
  })
}
