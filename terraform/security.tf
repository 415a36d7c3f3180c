# What K3s needs, and nothing else. Every rule names both ends by security group; only the operator's comes by address.
# Not filtered by security groups at all: the VPC's DNS, NTP and metadata services.

resource "aws_security_group" "control_plane" {
  name        = "${var.name}-control-plane"
  description = "K3s control plane of ${var.name}"
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.name}-control-plane" }
}

resource "aws_security_group" "worker" {
  #checkov:skip=CKV2_AWS_5:the module workers gives it to every worker
  name        = "${var.name}-worker"
  description = "K3s workers of ${var.name}"
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.name}-worker" }
}

resource "aws_security_group" "api" {
  #checkov:skip=CKV2_AWS_5:the load balancer in api.tf has it
  count = var.control_plane_count > 1 ? 1 : 0

  name        = "${var.name}-api"
  description = "Load balancer before the servers of ${var.name}"
  vpc_id      = aws_vpc.this.id

  tags = { Name = "${var.name}-api" }
}

locals {
  group_ids = { control_plane = aws_security_group.control_plane.id, worker = aws_security_group.worker.id, api = one(aws_security_group.api[*].id) }

  # What three servers need of each other and of their load balancer. With one, etcd listens for itself alone.
  server_edges = var.control_plane_count == 1 ? {} : {
    etcd            = { from = "control_plane", to = "control_plane", port = 2379, to_port = 2380, protocol = "tcp", why = "etcd" }
    api_servers     = { from = "control_plane", to = "control_plane", port = 6443, to_port = 6443, protocol = "tcp", why = "K3s API among servers" }
    vxlan_servers   = { from = "control_plane", to = "control_plane", port = 8472, to_port = 8472, protocol = "udp", why = "pod network (flannel VXLAN)" }
    kubelet_servers = { from = "control_plane", to = "control_plane", port = 10250, to_port = 10250, protocol = "tcp", why = "kubelet logs, exec, metrics" }
    api_joining     = { from = "control_plane", to = "api", port = 6443, to_port = 6443, protocol = "tcp", why = "servers joining" }
    api_workers     = { from = "worker", to = "api", port = 6443, to_port = 6443, protocol = "tcp", why = "workers joining" }
    api_targets     = { from = "api", to = "control_plane", port = 6443, to_port = 6443, protocol = "tcp", why = "K3s API and its health" }
  }

  # One entry an edge; it becomes an ingress rule at its end and an egress rule at its beginning.
  edges = {
    api             = { from = "worker", to = "control_plane", port = 6443, protocol = "tcp", why = "K3s API and agent tunnel" }
    vxlan_up        = { from = "worker", to = "control_plane", port = 8472, protocol = "udp", why = "pod network (flannel VXLAN)" }
    vxlan_down      = { from = "control_plane", to = "worker", port = 8472, protocol = "udp", why = "pod network (flannel VXLAN)" }
    vxlan_workers   = { from = "worker", to = "worker", port = 8472, protocol = "udp", why = "pod network (flannel VXLAN)" }
    kubelet_up      = { from = "worker", to = "control_plane", port = 10250, protocol = "tcp", why = "kubelet metrics (metrics-server)" }
    kubelet_down    = { from = "control_plane", to = "worker", port = 10250, protocol = "tcp", why = "kubelet logs, exec, metrics" }
    kubelet_workers = { from = "worker", to = "worker", port = 10250, protocol = "tcp", why = "kubelet metrics (metrics-server)" }
  }

  # With an SSH key the control plane is the way to the workers, which have no port open to the operator.
  ssh_edges = var.ssh_key_name == null ? {} : merge(
    { ssh_jump = { from = "control_plane", to = "worker", port = 22, protocol = "tcp", why = "SSH by way of the control plane" } },
    var.control_plane_count == 1 ? {} : { ssh_servers = { from = "control_plane", to = "control_plane", port = 22, protocol = "tcp", why = "SSH by way of the first server" } },
  )

  operator_ports = merge(
    var.api_access == "public" ? { api = { port = 6443, why = "K3s API" } } : {},
    var.ssh_key_name == null ? {} : { ssh = { port = 22, why = "SSH" } },
  )

  # HTTPS: K3s, images, SSM. HTTP: Ubuntu's package archive, whose packages are signed.
  internet_ports = { https = 443, http = 80 }
}

resource "aws_vpc_security_group_ingress_rule" "node" {
  for_each = merge(local.edges, local.ssh_edges, local.server_edges)

  security_group_id            = local.group_ids[each.value.to]
  referenced_security_group_id = local.group_ids[each.value.from]
  ip_protocol                  = each.value.protocol
  from_port                    = each.value.port
  to_port                      = try(each.value.to_port, each.value.port)
  description                  = "${each.value.why} from ${replace(each.value.from, "_", " ")}"

  tags = { Name = "${var.name}-${each.key}" }

  # A reworded description is no reason to touch a running cluster's rule (and the emulator of the tests does not return it).
  lifecycle {
    ignore_changes = [description]
  }
}

resource "aws_vpc_security_group_egress_rule" "node" {
  for_each = merge(local.edges, local.ssh_edges, local.server_edges)

  security_group_id            = local.group_ids[each.value.from]
  referenced_security_group_id = local.group_ids[each.value.to]
  ip_protocol                  = each.value.protocol
  from_port                    = each.value.port
  to_port                      = try(each.value.to_port, each.value.port)
  description                  = "${each.value.why} to ${replace(each.value.to, "_", " ")}"

  tags = { Name = "${var.name}-${each.key}" }

  # A reworded description is no reason to touch a running cluster's rule (and the emulator of the tests does not return it).
  lifecycle {
    ignore_changes = [description]
  }
}

resource "aws_vpc_security_group_ingress_rule" "operator" {
  for_each = local.operator_ports

  security_group_id = aws_security_group.control_plane.id
  cidr_ipv4         = var.my_ip_cidr
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
  description       = "${each.value.why} from the operator"

  tags = { Name = "${var.name}-operator-${each.key}" }
}

resource "aws_vpc_security_group_ingress_rule" "web" {
  for_each = merge([for group in ["control_plane", "worker"] : { for cidr in var.web_cidrs : "${group} ${cidr}" => { group = group, cidr = cidr } }]...)

  security_group_id = local.group_ids[each.value.group]
  cidr_ipv4         = each.value.cidr
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
  description       = "Ingress controller, TLS"

  tags = { Name = "${var.name}-web" }
}

resource "aws_vpc_security_group_egress_rule" "internet" {
  for_each = merge([for group in ["control_plane", "worker"] : {
    for name, port in local.internet_ports : "${group}_${name}" => { group = group, name = name, port = port }
  }]...)

  security_group_id = local.group_ids[each.value.group]
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = each.value.port
  to_port           = each.value.port
  description       = each.value.name == "https" ? "K3s, images, AWS APIs" : "Ubuntu package archive"

  tags = { Name = "${var.name}-${each.value.group}-${each.value.name}" }
}
