# Renders the user-data of the machines under test with the module that production uses, and gives the outputs that the make
# targets read. No provider, no account.

terraform {
  required_version = ">= 1.11.0"
}

variable "k3s_version" {
  type = string
}

variable "k3s_sha256" {
  type = map(string)
}

variable "timeout_s" {
  type    = number
  default = 2400
}

variable "driver_branch" {
  type    = string
  default = "580"
}

variable "key_fingerprint" {
  type    = string
  default = ""
}

variable "servers" {
  description = "How many machines the control plane has: 1 with workers, or 3 alone."
  type        = number
  default     = 1
}

variable "instance_ids" {
  description = "Of the machines, as far as they are up."
  type        = map(string)
  default     = {}
}

variable "access" {
  type    = string
  default = "ssm"
}

locals {
  parameters = { server_token = "/machines/k3s/server-token", agent_token = "/machines/k3s/agent-token", ca_hash = "/machines/k3s/ca-hash" }
  names      = var.servers == 1 ? ["control-plane", "worker-0", "gpu-worker-0"] : ["control-plane", "control-plane-1", "control-plane-2"]
  addresses = {
    control-plane   = "10.0.2.40"
    worker-0        = "10.0.2.41"
    gpu-worker-0    = "10.0.2.42"
    control-plane-1 = "10.0.2.43"
    control-plane-2 = "10.0.2.44"
  }
  roles = { for name in local.names : name => startswith(name, "control-plane") ? "control-plane" : "worker" }

  # Of three servers it is the load balancer's, as in terraform/compute.tf.
  api_name = var.servers == 1 ? null : "api.machines.test"
}

module "node" {
  source   = "../../../../terraform/modules/user-data"
  for_each = local.roles

  role                   = each.value
  node_name              = each.key
  region                 = "us-east-1"
  k3s_version            = var.k3s_version
  k3s_sha256             = var.k3s_sha256
  parameters             = local.parameters
  joins                  = each.value == "control-plane" && each.key != "control-plane"
  schedulable            = var.servers == 1
  control_plane_ip       = local.api_name != null ? local.api_name : each.key == "control-plane" ? "" : local.addresses["control-plane"]
  timeout_s              = var.timeout_s
  tls_sans               = each.value == "control-plane" ? compact(["203.0.113.9", local.api_name, "k3s.example.test"]) : []
  gpu                    = each.key == "gpu-worker-0"
  nvidia_driver_branch   = var.driver_branch
  nvidia_toolkit_version = "1.17.8-1"
  nvidia_key_fingerprint = var.key_fingerprint
}

output "user_data" {
  value = { for name, node in module.node : name => node.user_data }
}

output "nodes" {
  value = [for name in local.names : {
    name        = name
    role        = local.roles[name]
    instance_id = var.instance_ids[name]
    private_ip  = local.addresses[name]
    user_data   = module.node[name].user_data
  } if contains(keys(var.instance_ids), name)]
}

output "name" {
  value = "machines"
}

output "region" {
  value = "us-east-1"
}

output "access" {
  value = var.access
}

output "api_access" {
  value = "private"
}

output "k3s_version" {
  value = var.k3s_version
}

output "parameters" {
  value = local.parameters
}

output "control_plane_public_ip" {
  value = "203.0.113.9"
}

output "control_plane_instance_id" {
  value = lookup(var.instance_ids, "control-plane", "")
}

output "remote_kubeconfig_path" {
  value = "/etc/rancher/k3s/k3s.yaml"
}
