# Images in the account's own registry: nodes pull by their role, and no password is stored anywhere.

locals {
  registry = var.ecr ? "${data.aws_caller_identity.current.account_id}.dkr.ecr.${var.region}.${data.aws_partition.current.dns_suffix}" : null
}

resource "aws_ecr_repository" "image" {
  #checkov:skip=CKV_AWS_136:ECR encrypts at rest with a key of its own; a CMK would be billed for what make images builds from public sources
  for_each = var.ecr ? toset(["placement", "processor", "producers"]) : toset([])

  name                 = "${var.name}/gpu-analytics-${each.key}"
  image_tag_mutability = "IMMUTABLE"
  force_delete         = true # it holds what a checkout builds again

  image_scanning_configuration {
    scan_on_push = true
  }
}

resource "aws_ecr_lifecycle_policy" "image" {
  for_each = aws_ecr_repository.image

  repository = each.value.name
  policy = jsonencode({ rules = [{
    rulePriority = 1
    description  = "The last ten"
    selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 10 }
    action       = { type = "expire" }
  }] })
}
