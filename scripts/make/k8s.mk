# Kubernetes. Each target is a script of scripts/k8s, which says more about itself in its first lines.
KUBECONFIG ?= $(CURDIR)/.kube/kubeconfig.yaml
export KUBECONFIG
# What of k8s/overlays is deployed, and which images: ghcr.io/OWNER/gpu-analytics-{processor,producers}:IMAGE_TAG. Without OWNER those of
# this checkout, which come to the nodes by hand: nobody vouches for what a registry has by their name.
export OVERLAY ?= single
export IMAGE_TAG ?= dev
ARGS ?=

##@ Kubernetes

.PHONY: images
images: ## Build the images as tars; pushes nothing
	@scripts/k8s/images

.PHONY: image-starts
image-starts: ## Time the starts of the built images, with and without their cache of classes, and their sizes (STARTS=5)
	@scripts/k8s/image-starts

.PHONY: publish
publish: ## Build the images for amd64 and arm64 and push them to GHCR (OWNER=, VERSION=)
	@scripts/k8s/publish

.PHONY: cluster
cluster: ## Start a local cluster by k3d with the images in it
	@scripts/k8s/cluster up

.PHONY: cluster-down
cluster-down: ## Delete the local cluster
	@scripts/k8s/cluster down

.PHONY: namespaces
namespaces: ## Make the namespaces platform and app
	@scripts/k8s/namespaces

.PHONY: deploy
deploy: ## Deploy (OVERLAY=single, dev, staging or production; COMPONENTS='monitoring keda ingest')
	@scripts/k8s/deploy

.PHONY: undeploy
undeploy: ## Remove everything from the cluster; asks where there is data (CONFIRM=yes)
	@scripts/k8s/undeploy

.PHONY: status
status: ## Name the layer that is wrong and the likely fix: machine, node, volume, pod, topic, lag
	@scripts/infra/status-nodes --if-any; machines=$$?; scripts/k8s/status && exit $$machines

.PHONY: K
K: ## kubectl with the right KUBECONFIG (ARGS='get pods -A')
	@kubectl $(ARGS)

.PHONY: logs
logs: ## What the pods say (ARGS='-f')
	@scripts/k8s/logs $(ARGS)

.PHONY: smoke
smoke: ## The quick checks: each part by itself
	@scripts/k8s/verify kafka mongo processor producers

.PHONY: verify
verify: ## All verify-* targets but those of the doors, one after the other
	@scripts/k8s/verify

VERIFY := kafka mongo processor producers workflow network scale-manual scale-hpa ingest scale-ingest placement
.PHONY: $(VERIFY:%=verify-%)
verify-kafka: ## Nodes, quorum, topics and their partitions
verify-mongo: ## Members, replica set, the processor's rights
verify-processor: ## /health, /metrics, /openapi.yaml
verify-producers: ## Records are sent and acknowledged
verify-workflow: ## From producers to API: nothing lost, nothing counted twice, the bill right
verify-network: ## What may reach what, tried for every pair
verify-scale-manual: ## The processor to N replicas and back (N=3)
verify-scale-hpa: ## The producers' autoscaler under a higher RATE
verify-ingest: ## OTLP from a pod to the API, exactly; who may reach the doors (COMPONENTS=ingest)
verify-scale-ingest: ## The doors from one pod to four under load: clients spread, nothing is lost (COMPONENTS=ingest)
verify-placement: ## A real scheduler places a thousand pods by the extender as rehearsed, none on a slot twice, on nodes that are made up
$(VERIFY:%=verify-%):
	@scripts/k8s/$@

.PHONY: backup
backup: ## Copy the data of Kafka and MongoDB to this machine (DIR=), or from AWS to a bucket (TO=s3://...); LIVE=yes while all runs (BASE=)
	@scripts/k8s/backup

.PHONY: restore
restore: ## Put a backup on the cluster (DIR= or FROM=s3://..., CONFIRM=yes)
	@scripts/k8s/restore

##@ Kubernetes tests

.PHONY: test-k8s
test-k8s: ## Manifests, policies and scripts; on a cluster where there is one
	@scripts/tests/k8s

.PHONY: e2e
e2e: ## Images, cluster, deploy, all verify-*, undeploy
	@KUBECONFIG=$(if $(filter file,$(origin KUBECONFIG)),,$(KUBECONFIG)) scripts/k8s/e2e

.PHONY: drills
drills: ## Delete pods, drain, pull a node's plug, restart, grow from one to three: nothing may be lost
	@KUBECONFIG=$(if $(filter file,$(origin KUBECONFIG)),,$(KUBECONFIG)) scripts/k8s/drills
