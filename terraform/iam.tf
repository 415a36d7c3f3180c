data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  parameter_arn = "arn:${data.aws_partition.current.partition}:ssm:${var.region}:${data.aws_caller_identity.current.account_id}:parameter"

  # In etcd_snapshot_bucket: what K3s writes by itself, and what make backup TO=s3://... has the control plane write.
  etcd_folder   = "${var.name}/etcd"
  backup_folder = "${var.name}/backup"

  # A worker reads what it joins with; the server's token, which is the cluster administrator's, only the control plane.
  readable = {
    control_plane = [local.parameters.server_token, local.parameters.agent_token, local.parameters.ca_hash]
    worker        = [local.parameters.agent_token, local.parameters.ca_hash]
  }
}

locals {
  ec2_arn   = "arn:${data.aws_partition.current.partition}:ec2:${var.region}:${data.aws_caller_identity.current.account_id}"
  volumes   = ["${local.ec2_arn}:volume/*"]
  snapshots = ["arn:${data.aws_partition.current.partition}:ec2:${var.region}::snapshot/*", "${local.ec2_arn}:snapshot/*"]

  # The actions of the driver's docs/example-iam-policy.json; tag: the condition key that must say this cluster.
  volume_statements = { for sid, statement in {
    LookAtVolumes = {
      actions = ["ec2:DescribeAvailabilityZones", "ec2:DescribeInstances", "ec2:DescribeSnapshots", "ec2:DescribeTags", "ec2:DescribeVolumes",
      "ec2:DescribeVolumesModifications", "ec2:DescribeVolumeStatus"]
      resources = ["*"]
    }
    MakeVolumes     = { actions = ["ec2:CreateVolume"], resources = local.volumes, tag = "RequestTag" }
    MakeSnapshots   = { actions = ["ec2:CreateSnapshot"], resources = local.snapshots, tag = "RequestTag" }
    TagVolumes      = { actions = ["ec2:CreateTags"], resources = concat(local.volumes, local.snapshots) }
    ChangeVolumes   = { actions = ["ec2:ModifyVolume", "ec2:DeleteVolume", "ec2:CreateSnapshot"], resources = local.volumes, tag = "ResourceTag" }
    AttachVolumes   = { actions = ["ec2:AttachVolume", "ec2:DetachVolume"], resources = concat(local.volumes, ["${local.ec2_arn}:instance/*"]), tag = "ResourceTag" }
    ChangeSnapshots = { actions = ["ec2:DeleteSnapshot", "ec2:CreateVolume"], resources = local.snapshots, tag = "ResourceTag" }
  } : sid => statement if var.ebs_volumes }
}

data "aws_iam_policy_document" "node_assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["ec2.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "node" {
  #checkov:skip=CKV_AWS_356:AWS offers no resource to narrow Session Manager's channels, ECR's password and EC2's Describe actions to
  #checkov:skip=CKV_AWS_111:the same four channel actions; the write to SSM parameters names its one parameter, and volumes are those with this cluster's tag
  for_each = local.readable

  statement {
    sid       = "ReadOwnParameters"
    actions   = ["ssm:GetParameter"]
    resources = [for name in each.value : "${local.parameter_arn}${name}"]
  }

  # The managed policy AmazonSSMManagedInstanceCore would also let a node read every parameter of the account.
  statement {
    sid = "SessionManager"
    actions = [
      "ssm:UpdateInstanceInformation",
      "ssmmessages:CreateControlChannel",
      "ssmmessages:CreateDataChannel",
      "ssmmessages:OpenControlChannel",
      "ssmmessages:OpenDataChannel",
    ]
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = each.key == "control_plane" ? [1] : []
    content {
      sid       = "PublishCaHash"
      actions   = ["ssm:PutParameter"]
      resources = ["${local.parameter_arn}${local.parameters.ca_hash}"]
    }
  }

  dynamic "statement" {
    for_each = each.key == "control_plane" && var.etcd_snapshot_bucket != null ? [1] : []
    content {
      sid       = "WriteSnapshots"
      actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
      resources = ["arn:${data.aws_partition.current.partition}:s3:::${var.etcd_snapshot_bucket}/${local.etcd_folder}/*"]
    }
  }

  # Backups of volumes; their parts are taken back where one fails, and the operator alone deletes one.
  dynamic "statement" {
    for_each = each.key == "control_plane" && var.etcd_snapshot_bucket != null ? [1] : []
    content {
      sid       = "WriteBackups"
      actions   = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"]
      resources = ["arn:${data.aws_partition.current.partition}:s3:::${var.etcd_snapshot_bucket}/${local.backup_folder}/*"]
    }
  }

  # K3s asks first whether the bucket is there (HeadBucket). That wants this action, too, and has no s3:prefix, which StringLike alone
  # refuses; so a list without one, of names only, is allowed as well.
  dynamic "statement" {
    for_each = each.key == "control_plane" && var.etcd_snapshot_bucket != null ? [1] : []
    content {
      sid       = "ListSnapshots"
      actions   = ["s3:ListBucket"]
      resources = ["arn:${data.aws_partition.current.partition}:s3:::${var.etcd_snapshot_bucket}"]

      condition {
        test     = "StringLikeIfExists"
        variable = "s3:prefix"
        values   = ["${local.etcd_folder}*"]
      }
    }
  }

  dynamic "statement" {
    for_each = var.ecr ? [1] : []
    content {
      sid       = "RegistryPassword"
      actions   = ["ecr:GetAuthorizationToken"]
      resources = ["*"]
    }
  }

  dynamic "statement" {
    for_each = var.ecr ? [1] : []
    content {
      sid       = "PullImages"
      actions   = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
      resources = [for repository in aws_ecr_repository.image : repository.arn]
    }
  }

  # What the EBS CSI driver's controller does, which runs on the control plane and with its role. What it makes has the cluster's tag
  # from the first moment (tagSpecification of k8s/storage/classes.yaml), and only what has it is touched.
  dynamic "statement" {
    for_each = { for sid, statement in local.volume_statements : sid => statement if each.key == "control_plane" }
    content {
      sid       = statement.key
      actions   = statement.value.actions
      resources = statement.value.resources

      dynamic "condition" {
        for_each = try(statement.value.tag, null) == null ? [] : [1]
        content {
          test     = "StringEquals"
          variable = "aws:${statement.value.tag}/Cluster"
          values   = [var.name]
        }
      }

      dynamic "condition" {
        for_each = statement.key == "TagVolumes" ? [1] : []
        content {
          test     = "StringEquals"
          variable = "ec2:CreateAction"
          values   = ["CreateVolume", "CreateSnapshot"]
        }
      }
    }
  }

  dynamic "statement" {
    for_each = var.kms_key_arn == null ? [] : [1]
    content {
      sid       = "DecryptTokens"
      actions   = ["kms:Decrypt"]
      resources = [var.kms_key_arn]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["ssm.${var.region}.amazonaws.com"]
      }
    }
  }
}

resource "aws_iam_role" "node" {
  for_each = local.readable

  # IAM is global: the region keeps two clusters of one name apart.
  name               = "${var.name}-${var.region}-${replace(each.key, "_", "-")}"
  description        = "K3s ${replace(each.key, "_", " ")} of ${var.name} in ${var.region}"
  assume_role_policy = data.aws_iam_policy_document.node_assume.json
}

resource "aws_iam_role_policy" "node" {
  for_each = local.readable

  name   = "node"
  role   = aws_iam_role.node[each.key].id
  policy = data.aws_iam_policy_document.node[each.key].json
}

resource "aws_iam_instance_profile" "node" {
  for_each = local.readable

  name = "${var.name}-${var.region}-${replace(each.key, "_", "-")}"
  role = aws_iam_role.node[each.key].name
}
