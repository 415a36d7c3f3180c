# Renders the user-data of one node. No provider: terraform test runs it anywhere.

terraform {
  required_version = ">= 1.11.0"
}

locals {
  server  = var.role == "control-plane"
  command = local.server ? "server" : "agent"

  # How long an end of the machine waits for its pods.
  shutdown_s = 110

  settings = {
    control-plane = {
      token-file       = "/etc/rancher/k3s/server-token"
      agent-token-file = "/etc/rancher/k3s/agent-token"
      # etcd, so that there are snapshots. The first server begins it, unless the others have it: k3s-node says so then.
      cluster-init                = var.joins ? null : true
      server                      = var.joins ? "https://${var.control_plane_ip}:6443" : null
      secrets-encryption          = true
      protect-kernel-defaults     = true
      tls-san                     = var.tls_sans
      disable                     = var.disable
      write-kubeconfig-mode       = "0640"
      write-kubeconfig-group      = "k3s-operators"
      node-taint                  = var.schedulable ? [] : ["CriticalAddonsOnly=true:NoExecute"]
      etcd-snapshot-schedule-cron = var.etcd_snapshot_cron
      etcd-snapshot-retention     = var.etcd_snapshot_retention
      # By the instance's role: no key is given. How many stay there is an option of its own since v1.32.8, v1.33.4 and v1.34.0, by default
      # 5 (k3s-io/k3s#13769); releases before count those of the disk and pass over it.
      etcd-s3           = var.etcd_snapshot_s3 == null ? null : true
      etcd-s3-bucket    = var.etcd_snapshot_s3 == null ? null : var.etcd_snapshot_s3.bucket
      etcd-s3-folder    = var.etcd_snapshot_s3 == null ? null : var.etcd_snapshot_s3.folder
      etcd-s3-region    = var.etcd_snapshot_s3 == null ? null : var.region
      etcd-s3-retention = var.etcd_snapshot_s3 == null ? null : var.etcd_snapshot_s3.retention
      kube-apiserver-arg = [
        "audit-policy-file=/etc/rancher/k3s/audit.yaml",
        "audit-log-path=/var/lib/rancher/k3s/server/logs/audit.log",
        "audit-log-maxage=30",
        "audit-log-maxbackup=10",
        "audit-log-maxsize=100",
      ]
      kube-controller-manager-arg = ["terminated-pod-gc-threshold=100"]
      kube-scheduler-arg          = var.gpu_placement ? ["config=/etc/rancher/k3s/scheduler.yaml"] : []
    }

    worker = {
      server                  = "https://${var.control_plane_ip}:6443"
      token-file              = "/etc/rancher/k3s/agent-token"
      protect-kernel-defaults = true
      # What may end any minute takes only what may: k8s/base/app tolerates the taint.
      node-label = concat(var.gpu ? ["nvidia.com/gpu.present=true"] : [], var.spot_pool ? ["gpu-analytics/pool=spot"] : [])
      node-taint = concat(var.gpu ? ["nvidia.com/gpu=true:NoSchedule"] : [], var.spot_pool ? ["gpu-analytics/pool=spot:NoSchedule"] : [])
    }
  }

  # Settings that are null or an empty list are left out.
  config = { for k, v in local.settings[var.role] : k => v if v != null && try(length(v), 1) > 0 }

  env = templatefile("${path.module}/templates/env.tftpl", {
    role                   = var.role
    node_name              = var.node_name
    region                 = var.region
    k3s_version            = var.k3s_version
    sha256_amd64           = lookup(var.k3s_sha256, "amd64", "")
    sha256_arm64           = lookup(var.k3s_sha256, "arm64", "")
    control_plane_ip       = var.control_plane_ip
    server_token           = local.server ? var.parameters.server_token : ""
    agent_token            = var.parameters.agent_token
    ca_hash                = var.parameters.ca_hash
    timeout_s              = var.timeout_s
    joins                  = var.joins
    gpu                    = var.gpu
    nvidia_driver_branch   = var.nvidia_driver_branch
    nvidia_toolkit_version = var.nvidia_toolkit_version
    nvidia_key_fingerprint = var.nvidia_key_fingerprint
  })

  # The kubelet asks our program for the registry's password, which it gets by the instance's role and which is good for 12 h.
  credential_provider = {
    apiVersion = "kubelet.config.k8s.io/v1"
    kind       = "CredentialProviderConfig"
    providers = [{
      name                 = "ecr"
      apiVersion           = "credentialprovider.kubelet.k8s.io/v1"
      matchImages          = [coalesce(var.registry, "none")]
      defaultCacheDuration = "6h"
    }]
  }

  # The scripts go in compressed: EC2 takes 16 KB of user-data.
  files = merge(
    {
      "/etc/k3s-node.env"              = { mode = "0644", content = local.env }
      "/etc/rancher/k3s/config.yaml"   = { mode = "0600", content = yamlencode(local.config) }
      "/etc/sysctl.d/90-k3s.conf"      = { mode = "0644", content = file("${path.module}/files/90-k3s.conf") }
      "/usr/local/lib/k3s-node/aws.py" = { mode = "0755", content = file("${path.module}/files/aws.py"), compress = true }
      "/usr/local/sbin/k3s-node"       = { mode = "0755", content = file("${path.module}/files/k3s-node"), compress = true }
      "/etc/systemd/system/${local.server ? "k3s" : "k3s-agent"}.service" = {
        mode    = "0644"
        content = templatefile("${path.module}/templates/k3s.service.tftpl", { command = local.command })
      }
      "/var/lib/rancher/k3s/agent/etc/kubelet.conf.d/50-node.conf" = {
        mode    = "0600"
        content = templatefile("${path.module}/templates/kubelet.conf.tftpl", { server = local.server, shutdown_s = local.shutdown_s })
      }
      # In place of the file of this name that unattended-upgrades brings: it sorts after the kubelet's own, allows 30 s, and the
      # kubelet then does without an orderly end (kubernetes/kubernetes#102818).
      "/etc/systemd/logind.conf.d/unattended-upgrades-logind-maxdelay.conf" = {
        mode    = "0644"
        content = "[Login]\nInhibitDelayMaxSec=${local.shutdown_s}\n"
      }
    },
    local.server ? {} : { "/etc/systemd/system/k3s-node-spot.service" = { mode = "0644", content = file("${path.module}/files/k3s-node-spot.service") } },
    local.server ? { "/etc/rancher/k3s/audit.yaml" = { mode = "0600", content = file("${path.module}/files/audit.yaml") } } : {},
    local.server && var.gpu_placement ? { "/etc/rancher/k3s/scheduler.yaml" = { mode = "0600", content = file("${path.module}/files/scheduler.yaml"), compress = true } } : {},
    # K3s gives the kubelet these two places where they are there (its --image-credential-provider-* options' defaults).
    var.registry == null ? {} : {
      "/var/lib/rancher/credentialprovider/config.yaml" = { mode = "0600", content = yamlencode(local.credential_provider) }
      "/var/lib/rancher/credentialprovider/bin/ecr"     = { mode = "0755", content = "#!/bin/sh\nexec /usr/local/lib/k3s-node/aws.py registry" }
    },
    var.gpu ? { "/usr/local/lib/k3s-node/gpu.sh" = { mode = "0644", content = file("${path.module}/files/gpu.sh"), compress = true } } : {},
  )
}
