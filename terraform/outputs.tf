output "control_plane_public_ip" {
  description = "Public address of the control plane; empty with private_subnets."
  value       = var.private_subnets ? "" : aws_eip.control_plane[0].public_ip
}

output "control_plane_instance_id" {
  description = "Instance id of the control plane."
  value       = aws_instance.control_plane[0].id
}

output "worker_private_ips" {
  description = "Private addresses of the workers, GPU workers last."
  value       = flatten([for kind in local.worker_kinds : module.workers[kind].instances[*].private_ip])
}

output "worker_instance_ids" {
  description = "Instance ids of the workers, in the same order."
  value       = flatten([for kind in local.worker_kinds : module.workers[kind].instances[*].id])
}

output "remote_kubeconfig_path" {
  description = "Where the kubeconfig lies on the control plane; make kubeconfig fetches it."
  value       = "/etc/rancher/k3s/k3s.yaml"
}

output "region" {
  description = "AWS region."
  value       = var.region
}

output "tunnel_command" {
  description = "Forwards 127.0.0.1:6443 to the API through SSM; make tunnel does so in the background."
  value       = "aws ssm start-session --region ${var.region} --target ${aws_instance.control_plane[0].id} --document-name AWS-StartPortForwardingSession --parameters portNumber=6443,localPortNumber=6443"
}

output "name" {
  description = "Name of the cluster."
  value       = var.name
}

output "api_access" {
  description = "\"private\" (SSM tunnel) or \"public\"."
  value       = var.api_access
}

output "access" {
  description = "How the make targets reach the nodes: \"ssh\" with a key pair, else \"ssm\"."
  value       = var.ssh_key_name == null ? "ssm" : "ssh"
}

output "k3s_version" {
  description = "Release of K3s that new nodes get."
  value       = var.k3s_version
}

output "parameters" {
  description = "Names of the SSM parameters that hold the tokens and the CA's hash."
  value       = local.parameters
}

output "ebs_volumes" {
  description = "Whether the control plane may make EBS volumes; make storage wants it."
  value       = var.ebs_volumes
}

output "registry" {
  description = "The repository in ECR of each image; empty without ecr."
  value       = { for part, repository in aws_ecr_repository.image : part => repository.repository_url }
}

output "nodes" {
  description = "Every node with what the make targets need: the servers of the control plane first, then workers, those on spot capacity, GPU workers. user_data holds no secret."
  value = concat(
    [for i, m in aws_instance.control_plane : {
      name        = local.control_plane_names[i]
      role        = "control-plane"
      instance_id = m.id
      private_ip  = m.private_ip
      user_data   = module.control_plane_user_data[i].user_data
    }],
    flatten([for kind in local.worker_kinds : [for i, w in module.workers[kind].instances : {
      name        = "${kind}-${i}"
      role        = "worker"
      instance_id = w.id
      private_ip  = w.private_ip
      user_data   = local.workers[kind].user_data[i]
    }]]),
  )
}
