
##@ Long runs

.PHONY: soak
soak: ## Run at 50 times the default rate for ten minutes and check that the heap stays flat
	@scripts/soak

.PHONY: verify-nvml
verify-nvml: ## Compare the nvml source with nvidia-smi on this machine's GPUs, idle and under load (docs/nvml.md)
	@scripts/verify-nvml $(ARGS)
