# Workers of one kind, as many as there are user-data.

terraform {
  required_version = ">= 1.11.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

resource "aws_instance" "this" {
  #checkov:skip=CKV_AWS_126:one-minute metrics are billed by the instance; detailed_monitoring switches them on
  count = length(var.user_data)

  ami                    = var.amis[var.instance_type]
  instance_type          = var.instance_type
  subnet_id              = var.subnet_ids[count.index % length(var.subnet_ids)]
  vpc_security_group_ids = [var.security_group_id]
  iam_instance_profile   = var.instance_profile
  key_name               = var.key_name
  user_data              = var.user_data[count.index]
  monitoring             = var.detailed_monitoring
  ebs_optimized          = true

  dynamic "instance_market_options" {
    for_each = var.spot ? [1] : []
    content {
      market_type = "spot"

      spot_options {
        spot_instance_type             = "one-time"
        instance_interruption_behavior = "terminate"
      }
    }
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  root_block_device {
    volume_type = "gp3"
    volume_size = var.volume_gib
    encrypted   = true

    tags = { Name = "${var.cluster}-${var.kind}-${count.index}", Cluster = var.cluster }
  }

  tags = { Name = "${var.cluster}-${var.kind}-${count.index}", Role = var.kind }

  # Kafka's and MongoDB's volumes may lie on the workers: what holds for the control plane holds for them.
  lifecycle {
    ignore_changes  = [ami, user_data, subnet_id]
    prevent_destroy = true
  }
}
