variables {
  role             = "worker"
  node_name        = "worker-0"
  region           = "eu-central-1"
  k3s_version      = "v1.34.3+k3s1"
  k3s_sha256       = { amd64 = "sum-of-amd64", arm64 = "sum-of-arm64" }
  parameters       = { server_token = "/c/k3s/server-token", agent_token = "/c/k3s/agent-token", ca_hash = "/c/k3s/ca-hash" }
  control_plane_ip = "10.40.0.10"
}

run "control_plane" {
  command = plan

  variables {
    role               = "control-plane"
    node_name          = "control-plane"
    tls_sans           = ["203.0.113.9", "k3s.example.test"]
    etcd_snapshot_cron = "30 2 * * *"
  }

  assert {
    condition     = startswith(output.user_data, "#cloud-config\n") && can(yamldecode(output.user_data))
    error_message = "The user-data is not a cloud-config."
  }
  assert {
    condition     = length(output.user_data) < 16384
    error_message = "The user-data has ${length(output.user_data)} bytes, EC2 takes 16384."
  }
  assert {
    condition     = length(distinct(yamldecode(output.user_data).write_files[*].path)) == length(yamldecode(output.user_data).write_files)
    error_message = "A file is written twice."
  }
  assert {
    condition = yamldecode(yamldecode(output.user_data).write_files[index(yamldecode(output.user_data).write_files[*].path, "/etc/rancher/k3s/config.yaml")].content) == {
      token-file                  = "/etc/rancher/k3s/server-token"
      agent-token-file            = "/etc/rancher/k3s/agent-token"
      cluster-init                = true
      secrets-encryption          = true
      protect-kernel-defaults     = true
      tls-san                     = ["203.0.113.9", "k3s.example.test"]
      disable                     = ["traefik", "servicelb"]
      write-kubeconfig-mode       = "0640"
      write-kubeconfig-group      = "k3s-operators"
      etcd-snapshot-schedule-cron = "30 2 * * *"
      etcd-snapshot-retention     = 28
      kube-apiserver-arg = [
        "audit-policy-file=/etc/rancher/k3s/audit.yaml",
        "audit-log-path=/var/lib/rancher/k3s/server/logs/audit.log",
        "audit-log-maxage=30",
        "audit-log-maxbackup=10",
        "audit-log-maxsize=100",
      ]
      kube-controller-manager-arg = ["terminated-pod-gc-threshold=100"]
    }
    error_message = "config.yaml of the control plane is another one."
  }
  assert {
    condition     = strcontains(output.user_data, "vm.overcommit_memory = 1") && strcontains(output.user_data, "kernel.panic_on_oops = 1")
    error_message = "The kernel settings that protect-kernel-defaults asks for are missing."
  }
  assert {
    condition     = strcontains(output.user_data, "ExecStart=/usr/local/bin/k3s server\n")
    error_message = "The unit has arguments, or runs no server; everything belongs into config.yaml."
  }
  assert {
    condition     = strcontains(output.user_data, "memory: 1536Mi") && strcontains(output.user_data, "kubeReserved:")
    error_message = "What etcd and the API need is given to pods."
  }
  assert {
    condition     = !strcontains(output.user_data, "k3s-node-spot.service")
    error_message = "The control plane is never on spot."
  }
}

run "control_plane_with_snapshots_in_s3" {
  command = plan

  variables {
    role             = "control-plane"
    etcd_snapshot_s3 = { bucket = "b", folder = "c/etcd", retention = 84 }
  }

  assert {
    condition = { for k, v in yamldecode(yamldecode(output.user_data).write_files[index(yamldecode(output.user_data).write_files[*].path, "/etc/rancher/k3s/config.yaml")].content) : k => v if startswith(k, "etcd-s3") } == {
      etcd-s3           = true
      etcd-s3-bucket    = "b"
      etcd-s3-folder    = "c/etcd"
      etcd-s3-region    = "eu-central-1"
      etcd-s3-retention = 84
    }
    error_message = "Snapshots do not go to S3 by the instance's role."
  }
}

run "control_plane_whose_scheduler_asks_where_gpu_pods_go" {
  command = plan

  variables {
    role          = "control-plane"
    gpu_placement = true
  }

  assert {
    condition     = yamldecode(yamldecode(output.user_data).write_files[index(yamldecode(output.user_data).write_files[*].path, "/etc/rancher/k3s/config.yaml")].content).kube-scheduler-arg == ["config=/etc/rancher/k3s/scheduler.yaml"]
    error_message = "The scheduler is not told of its configuration."
  }
  assert {
    condition     = contains(yamldecode(output.user_data).write_files[*].path, "/etc/rancher/k3s/scheduler.yaml")
    error_message = "The scheduler's configuration is not written."
  }
  assert {
    condition     = length(output.user_data) < 16384
    error_message = "The user-data has ${length(output.user_data)} bytes, EC2 takes 16384."
  }
}

run "the_first_of_three_servers" {
  command = plan

  variables {
    role             = "control-plane"
    node_name        = "control-plane"
    control_plane_ip = "api.elb.us-east-1.amazonaws.com"
  }

  assert {
    condition     = strcontains(output.user_data, "\"cluster-init\": true") && strcontains(output.user_data, "CONTROL_PLANE_IP=api.elb.us-east-1.amazonaws.com\n") && !strcontains(output.user_data, "JOINS=")
    error_message = "The first server begins the cluster, and knows how to reach the others."
  }
}

run "a_further_server" {
  command = plan

  variables {
    role             = "control-plane"
    node_name        = "control-plane-1"
    joins            = true
    control_plane_ip = "api.elb.us-east-1.amazonaws.com"
  }

  assert {
    condition     = strcontains(output.user_data, "\"server\": \"https://api.elb.us-east-1.amazonaws.com:6443\"") && !strcontains(output.user_data, "cluster-init\"") && strcontains(output.user_data, "JOINS=yes\n")
    error_message = "A further server joins, and begins no cluster."
  }
  assert {
    condition     = length(output.user_data) < 16384
    error_message = "The user-data has ${length(output.user_data)} bytes, EC2 takes 16384."
  }
}

run "control_plane_for_nothing_but_the_cluster" {
  command = plan

  variables {
    role        = "control-plane"
    schedulable = false
  }

  assert {
    condition     = strcontains(output.user_data, "CriticalAddonsOnly=true:NoExecute")
    error_message = "The taint is missing."
  }
}

run "worker" {
  command = plan

  assert {
    condition = yamldecode(yamldecode(output.user_data).write_files[index(yamldecode(output.user_data).write_files[*].path, "/etc/rancher/k3s/config.yaml")].content) == {
      server                  = "https://10.40.0.10:6443"
      token-file              = "/etc/rancher/k3s/agent-token"
      protect-kernel-defaults = true
    }
    error_message = "config.yaml of the worker is another one."
  }
  assert {
    condition     = !strcontains(output.user_data, "server-token")
    error_message = "A worker must not even know where the server's token is."
  }
  assert {
    condition     = strcontains(output.user_data, "SHA256_AMD64=sum-of-amd64\n") && strcontains(output.user_data, "SHA256_ARM64=sum-of-arm64\n") && strcontains(output.user_data, "K3S_VERSION=v1.34.3+k3s1\n")
    error_message = "Version or checksums are missing."
  }
  assert {
    condition     = yamldecode(output.user_data).runcmd == [["/usr/local/sbin/k3s-node", "install"]]
    error_message = "runcmd is another one."
  }
  # As long as the kubelet asks for, by a file that no other of the image sorts after or replaces.
  assert {
    condition     = yamldecode(output.user_data).write_files[index(yamldecode(output.user_data).write_files[*].path, "/etc/systemd/logind.conf.d/unattended-upgrades-logind-maxdelay.conf")].content == "[Login]\nInhibitDelayMaxSec=110\n" && strcontains(output.user_data, "shutdownGracePeriod: 110s")
    error_message = "The kubelet asks for more time at the end of the machine than logind gives."
  }
  # Kafka's terminationGracePeriodSeconds is 90, and a spot instance's notice comes 120 s before its end.
  assert {
    condition     = local.shutdown_s - 10 >= 90 && local.shutdown_s + 5 <= 120
    error_message = "The end of a machine is too short for Kafka, or longer than a spot instance has."
  }
  assert {
    condition     = strcontains(output.user_data, "/etc/systemd/system/k3s-node-spot.service") && strcontains(output.user_data, "memory: 384Mi")
    error_message = "Nobody waits for a spot instance's notice, or the kubelet's share is given to pods."
  }
  assert {
    condition     = !strcontains(output.user_data, "credentialprovider") && !strcontains(output.user_data, "gpu.sh") && length(output.user_data) < 16384
    error_message = "A worker without a GPU carries the GPU script, or is too long."
  }
}

run "worker_on_spot" {
  command = plan

  variables {
    node_name = "spot-worker-0"
    spot_pool = true
  }

  assert {
    condition     = strcontains(output.user_data, "\"node-label\":\n      - \"gpu-analytics/pool=spot\"") && strcontains(output.user_data, "\"node-taint\":\n      - \"gpu-analytics/pool=spot:NoSchedule\"")
    error_message = "Label or taint of the pool is missing."
  }
}

run "images_from_ecr" {
  command = plan

  variables {
    gpu                    = true
    nvidia_driver_branch   = "570"
    nvidia_toolkit_version = "1.17.8-1"
    nvidia_key_fingerprint = "C95B321B61E88C1809C4F759DDCAE044F796ECB0"
    registry               = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
  }

  # kubernetes.io, "Configure a kubelet image credential provider": the name is the program's, which lies in K3s' folder for them.
  assert {
    condition = yamldecode(yamldecode(output.user_data).write_files[index(yamldecode(output.user_data).write_files[*].path, "/var/lib/rancher/credentialprovider/config.yaml")].content) == {
      apiVersion = "kubelet.config.k8s.io/v1"
      kind       = "CredentialProviderConfig"
      providers  = [{ name = "ecr", apiVersion = "credentialprovider.kubelet.k8s.io/v1", matchImages = ["123456789012.dkr.ecr.eu-central-1.amazonaws.com"], defaultCacheDuration = "6h" }]
    }
    error_message = "The kubelet is told something else of the registry."
  }
  assert {
    condition     = contains([for f in yamldecode(output.user_data).write_files : "${f.permissions} ${f.path}"], "0755 /var/lib/rancher/credentialprovider/bin/ecr")
    error_message = "The program that the kubelet asks is not there."
  }
  assert {
    condition     = length(output.user_data) < 16384
    error_message = "The user-data has ${length(output.user_data)} bytes, EC2 takes 16384."
  }
}

run "gpu_worker" {
  command = plan

  variables {
    node_name              = "gpu-worker-0"
    gpu                    = true
    nvidia_driver_branch   = "570"
    nvidia_toolkit_version = "1.17.8-1"
    nvidia_key_fingerprint = "C95B321B61E88C1809C4F759DDCAE044F796ECB0"
  }

  assert {
    condition = yamldecode(yamldecode(output.user_data).write_files[index(yamldecode(output.user_data).write_files[*].path, "/etc/rancher/k3s/config.yaml")].content) == {
      server                  = "https://10.40.0.10:6443"
      token-file              = "/etc/rancher/k3s/agent-token"
      protect-kernel-defaults = true
      node-label              = ["nvidia.com/gpu.present=true"]
      node-taint              = ["nvidia.com/gpu=true:NoSchedule"]
    }
    error_message = "Label or taint of the GPU worker is missing."
  }
  assert {
    condition     = strcontains(output.user_data, "/usr/local/lib/k3s-node/gpu.sh") && strcontains(output.user_data, "DRIVER_BRANCH=570\n") && strcontains(output.user_data, "TOOLKIT_VERSION=1.17.8-1\n")
    error_message = "The GPU's software is missing."
  }
  assert {
    condition     = length(output.user_data) < 16384
    error_message = "The user-data has ${length(output.user_data)} bytes, EC2 takes 16384."
  }
}

run "unknown_role" {
  command = plan

  variables {
    role = "etcd"
  }

  expect_failures = [var.role]
}
