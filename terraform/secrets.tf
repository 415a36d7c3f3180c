# The two tokens exist in Terraform only while it runs: ephemeral values, written to SSM by write-only arguments. Neither
# plan nor state holds them, and user-data names only the parameter. make rotate-tokens replaces them without Terraform.

locals {
  parameters = {
    server_token = "/${var.name}/k3s/server-token"
    agent_token  = "/${var.name}/k3s/agent-token"
    ca_hash      = "/${var.name}/k3s/ca-hash"
  }
}

ephemeral "aws_secretsmanager_random_password" "server_token" {
  password_length     = 48
  exclude_punctuation = true
}

ephemeral "aws_secretsmanager_random_password" "agent_token" {
  password_length     = 48
  exclude_punctuation = true
}

resource "aws_ssm_parameter" "server_token" {
  #checkov:skip=CKV_AWS_337:alias/aws/ssm encrypts it at no cost; kms_key_arn sets a CMK
  name             = local.parameters.server_token
  description      = "Joins servers, and is the cluster administrator's; only the control plane reads it"
  type             = "SecureString"
  key_id           = var.kms_key_arn
  value_wo         = ephemeral.aws_secretsmanager_random_password.server_token.random_password
  value_wo_version = 1
}

resource "aws_ssm_parameter" "agent_token" {
  #checkov:skip=CKV_AWS_337:alias/aws/ssm encrypts it at no cost; kms_key_arn sets a CMK
  name             = local.parameters.agent_token
  description      = "Joins workers and nothing else"
  type             = "SecureString"
  key_id           = var.kms_key_arn
  value_wo         = ephemeral.aws_secretsmanager_random_password.agent_token.random_password
  value_wo_version = 1
}

# Not a secret: the control plane writes its CA's hash here once it is up, and workers trust no other CA. It is made here so
# that destroy removes it.
resource "aws_ssm_parameter" "ca_hash" {
  #checkov:skip=CKV2_AWS_34:the hash of a certificate is public
  #checkov:skip=CKV_AWS_337:the hash of a certificate is public
  name        = local.parameters.ca_hash
  description = "SHA-256 of the cluster's CA certificate, written by the control plane"
  type        = "String"
  value       = "pending"

  lifecycle {
    ignore_changes = [value]
  }
}
