data "aws_availability_zones" "available" {
  #checkov:skip=CKV_AWS_394:only the first az_count of the sorted names are used; availability_zones pins them
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  # Those that have every chosen type; where no zone has, all, and the VPC's precondition says so.
  zones_with_types = [for z in sort(data.aws_availability_zones.available.names) : z if alltrue([for o in values(data.aws_ec2_instance_type_offerings.zones) : contains(o.locations, z)])]
  zone_names       = length(local.zones_with_types) >= var.az_count ? local.zones_with_types : sort(data.aws_availability_zones.available.names)
  zones            = length(var.availability_zones) > 0 ? var.availability_zones : slice(local.zone_names, 0, min(var.az_count, length(local.zone_names)))

  # Sixteen equal parts of the VPC: the first three for public subnets, the fourth to sixth for private ones.
  public_cidrs  = [for i, _ in local.zones : cidrsubnet(var.vpc_cidr, 4, i)]
  private_cidrs = var.private_subnets ? [for i, _ in local.zones : cidrsubnet(var.vpc_cidr, 4, 3 + i)] : []
}

resource "aws_vpc" "this" {
  cidr_block           = var.vpc_cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = var.name }

  lifecycle {
    precondition {
      condition     = length(data.aws_availability_zones.available.names) >= var.az_count
      error_message = "az_count = ${var.az_count}: region ${var.region} has ${length(data.aws_availability_zones.available.names)} availability zones; expected at most that many."
    }
    precondition {
      condition     = alltrue([for z in local.zones : contains(local.zones_with_types, z)])
      error_message = "${length(var.availability_zones) > 0 ? "availability_zones = ${jsonencode(var.availability_zones)}" : "az_count = ${var.az_count}"}: ${join(", ", keys(data.aws_ec2_instance_type.used))} are together in ${length(local.zones_with_types) == 0 ? "no zone" : join(", ", local.zones_with_types)} of ${var.region} only; expected zones among these, or other instance types."
    }
    precondition {
      condition     = alltrue([for z in var.availability_zones : contains(data.aws_availability_zones.available.names, z)])
      error_message = "availability_zones = ${jsonencode(var.availability_zones)}: expected zones among ${join(", ", data.aws_availability_zones.available.names)}."
    }
  }
}

# Nothing uses the default security group; without rules it lets nothing through.
resource "aws_default_security_group" "closed" {
  vpc_id  = aws_vpc.this.id
  ingress = []
  egress  = []

  tags = { Name = "${var.name}-default-closed" }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = { Name = var.name }
}

resource "aws_subnet" "public" {
  #checkov:skip=CKV_AWS_130:without private_subnets a node reaches the internet by a public address of its own; no port is open to it but the operator's
  count = length(local.zones)

  vpc_id                  = aws_vpc.this.id
  availability_zone       = local.zones[count.index]
  cidr_block              = local.public_cidrs[count.index]
  map_public_ip_on_launch = !var.private_subnets

  tags = { Name = "${var.name}-public-${count.index}" }

  # A zone that the region gains, or another instance type, is no reason to move a subnet with machines in it.
  lifecycle {
    ignore_changes = [availability_zone]
  }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.this.id
  }

  tags = { Name = "${var.name}-public" }
}

resource "aws_route_table_association" "public" {
  count = length(local.zones)

  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}

resource "aws_subnet" "private" {
  count = length(local.private_cidrs)

  vpc_id                  = aws_vpc.this.id
  availability_zone       = local.zones[count.index]
  cidr_block              = local.private_cidrs[count.index]
  map_public_ip_on_launch = false

  tags = { Name = "${var.name}-private-${count.index}" }

  lifecycle {
    ignore_changes = [availability_zone]
  }
}

# One gateway for all zones: cheaper, and a zone's loss is survived by the nodes' downloads being over by then.
resource "aws_eip" "nat" {
  count = var.private_subnets ? 1 : 0

  domain = "vpc"

  tags = { Name = "${var.name}-nat" }

  depends_on = [aws_internet_gateway.this]
}

resource "aws_nat_gateway" "this" {
  count = var.private_subnets ? 1 : 0

  allocation_id = aws_eip.nat[0].id
  subnet_id     = aws_subnet.public[0].id

  tags = { Name = var.name }
}

resource "aws_route_table" "private" {
  count = var.private_subnets ? 1 : 0

  vpc_id = aws_vpc.this.id

  route {
    cidr_block     = "0.0.0.0/0"
    nat_gateway_id = aws_nat_gateway.this[0].id
  }

  tags = { Name = "${var.name}-private" }
}

resource "aws_route_table_association" "private" {
  count = length(local.private_cidrs)

  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private[0].id
}

# Flow logs -------------------------------------------------------------------------------------------------------

resource "aws_cloudwatch_log_group" "flow_logs" {
  #checkov:skip=CKV_AWS_158:CloudWatch encrypts log groups at rest with a key of its own; a CMK would be billed for metadata of connections
  #checkov:skip=CKV_AWS_338:how long flow logs are kept is the operator's choice (flow_logs_retention_days), billed by the GB
  count = var.flow_logs_retention_days > 0 ? 1 : 0

  name              = "/${var.name}/vpc-flow-logs"
  retention_in_days = var.flow_logs_retention_days
}

data "aws_iam_policy_document" "flow_logs_assume" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["vpc-flow-logs.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "flow_logs" {
  count = var.flow_logs_retention_days > 0 ? 1 : 0

  statement {
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
    resources = ["${aws_cloudwatch_log_group.flow_logs[0].arn}:*"]
  }

  # AWS's list for flow logs has it, and it takes no narrower resource than the account's groups.
  statement {
    actions   = ["logs:DescribeLogGroups"]
    resources = ["arn:${data.aws_partition.current.partition}:logs:${var.region}:${data.aws_caller_identity.current.account_id}:log-group:*"]
  }
}

resource "aws_iam_role" "flow_logs" {
  count = var.flow_logs_retention_days > 0 ? 1 : 0

  name               = "${var.name}-${var.region}-flow-logs"
  assume_role_policy = data.aws_iam_policy_document.flow_logs_assume.json
}

resource "aws_iam_role_policy" "flow_logs" {
  count = var.flow_logs_retention_days > 0 ? 1 : 0

  name   = "write-flow-logs"
  role   = aws_iam_role.flow_logs[0].id
  policy = data.aws_iam_policy_document.flow_logs[0].json
}

resource "aws_flow_log" "this" {
  count = var.flow_logs_retention_days > 0 ? 1 : 0

  vpc_id          = aws_vpc.this.id
  traffic_type    = "ALL"
  iam_role_arn    = aws_iam_role.flow_logs[0].arn
  log_destination = aws_cloudwatch_log_group.flow_logs[0].arn

  tags = { Name = var.name }
}
