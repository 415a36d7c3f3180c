
##@ Long runs

.PHONY: soak
soak: ## Run at 50 times the default rate for ten minutes and check that the heap stays flat
	@scripts/soak
