# The name that three servers have together: an internal load balancer, by which servers and workers join, whichever server is up.
# Once joined they know the servers' own addresses.

locals {
  api_name = one(aws_lb.api[*].dns_name)
}

resource "aws_lb" "api" {
  #checkov:skip=CKV_AWS_150:make down takes the cluster away whole; who may delete the load balancer may delete the servers
  #checkov:skip=CKV_AWS_91:connections to the API are in the API's own audit log, by user
  count = var.control_plane_count > 1 ? 1 : 0

  name                             = "${substr(var.name, 0, 28)}-api"
  internal                         = true
  load_balancer_type               = "network"
  subnets                          = local.subnet_ids
  security_groups                  = aws_security_group.api[*].id
  enable_cross_zone_load_balancing = true

  tags = { Name = "${var.name}-api" }
}

resource "aws_lb_target_group" "api" {
  #checkov:skip=CKV_AWS_378:a TCP load balancer passes K3s's own TLS through
  count = var.control_plane_count > 1 ? 1 : 0

  name     = "${substr(var.name, 0, 28)}-api"
  vpc_id   = aws_vpc.this.id
  port     = 6443
  protocol = "TCP"

  # Else a server could not reach itself by the load balancer.
  preserve_client_ip   = false
  deregistration_delay = 30

  health_check {
    protocol            = "TCP"
    interval            = 10
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }

  tags = { Name = "${var.name}-api" }
}

resource "aws_lb_listener" "api" {
  #checkov:skip=CKV_AWS_2:a TCP load balancer passes K3s's own TLS through
  #checkov:skip=CKV_AWS_103:a TCP load balancer passes K3s's own TLS through
  count = var.control_plane_count > 1 ? 1 : 0

  load_balancer_arn = aws_lb.api[0].arn
  port              = 6443
  protocol          = "TCP"

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.api[0].arn
  }
}

resource "aws_lb_target_group_attachment" "api" {
  count = var.control_plane_count > 1 ? var.control_plane_count : 0

  target_group_arn = aws_lb_target_group.api[0].arn
  target_id        = aws_instance.control_plane[count.index].id
}
