##@ AWS: from an empty account to a Ready cluster (docs/infrastructure.md)
infra := scripts/infra
# For the scripts that call targets. Not in a recipe line: make runs a line that names it even in a dry run.
export MAKE

tf-init: ## Initialise Terraform
	@$(infra)/tf init
tf-plan: ## Show what apply would make (VARS=terraform/examples/gpu.tfvars)
	@$(infra)/tf plan
tf-apply: ## Make it; asks, or wants CONFIRM=yes
	@$(infra)/tf apply
tf-destroy: ## Destroy it; asks, or wants CONFIRM=yes
	@$(infra)/tf destroy
tf-backend: ## Move Terraform's state to an S3 bucket with a lock file
	@$(infra)/tf-backend
cost: ## Monthly estimate of the chosen variables, before anything is made
	@$(infra)/cost
addrs: ## Nodes and addresses
	@$(infra)/addrs
env: ## Shell lines for this cluster, for eval
	@$(infra)/env
bootstrap-k3s: ## Wait for cloud-init, repair what it left, join workers, fetch the kubeconfig, wait for Ready
	@$(infra)/bootstrap-k3s
join-workers: ## Join every worker; remove nodes whose machines are gone
	@$(infra)/join-workers
kubeconfig: ## Fetch .kube/kubeconfig.yaml (LOCAL_PORT=6443)
	@$(infra)/kubeconfig
tunnel: ## Forward 127.0.0.1:6443 to the API, by SSM or SSH (LOCAL_PORT=6443)
	@$(infra)/tunnel
tunnel-stop: ## Close the tunnel
	@$(infra)/tunnel stop
ssh-control-plane: ## A shell on the control plane
	@$(infra)/node-shell control-plane
ssh-worker: ## A shell on a worker (N=0; on spot capacity: N=spot-0; GPU workers: N=gpu-0)
	@$(infra)/node-shell $(if $(filter gpu-% spot-%,$(N)),$(subst -,-worker-,$(N)),worker-$(or $(N),0))
get-token: ## The token workers join with (TOKEN=server: the server's)
	@$(infra)/get-token
rotate-tokens: ## Replace both tokens in SSM and on every node
	@$(infra)/rotate-tokens
upgrade-k3s: ## Upgrade K3s node by node (VERSION=v1.36.4+k3s1, DRAIN=yes)
	@$(infra)/upgrade-k3s
backup-etcd: ## Fetch an etcd snapshot to .kube/backups
	@$(infra)/backup-etcd
restore-etcd: ## Put the cluster back to a snapshot (FILE=...); asks, or wants CONFIRM=yes
	@$(infra)/restore-etcd
verify-gpu: ## Run nvidia-smi in a pod on a GPU worker
	@$(infra)/verify-gpu
push-images: ## Put the images of this checkout on every node, where no registry serves them (VIA=s3 or ssh), or into ECR (VIA=ecr)
	@$(infra)/push-images
storage: ## Volumes of EBS: the driver, snapshots, gp3 as the default storage class (part of make cloud)
	@$(infra)/storage
preflight: ## Say what of the account, the images and this machine would stop make cloud, before anything is billed
	@$(infra)/preflight
cloud: ## preflight, tf-apply, bootstrap-k3s, images, deploy, verify-workflow
	@$(infra)/cloud
down: ## Undeploy, destroy, list what is left and what it costs; asks, or wants CONFIRM=yes
	@$(infra)/down
test-infra: ## Test Terraform, user-data and scripts; no VM
	@scripts/tests/infra
test-machines: ## Test user-data and scripts in virtual machines
	@scripts/tests/machines/all

.PHONY: tf-init tf-plan tf-apply tf-destroy tf-backend cost addrs env bootstrap-k3s join-workers kubeconfig tunnel tunnel-stop \
	ssh-control-plane ssh-worker get-token rotate-tokens upgrade-k3s backup-etcd restore-etcd verify-gpu push-images storage preflight cloud down \
	test-infra test-machines
