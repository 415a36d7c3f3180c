
##@ Demonstration

.PHONY: demo
demo: ## Run everything with a day of the fleet in a minute, in which things go wrong, and serve it until Ctrl-C (ARGS=--open)
	@scripts/run --demo $(ARGS)

.PHONY: screenshots
screenshots: ## Make pictures of every view of the dashboard in target/screenshots (needs Chromium), and those of the README
	@rm -rf target/screenshots
	@$(MVN) $(QUIET) -pl local -am test -Dtest=DemoIT -Dsurefire.failIfNoSpecifiedTests=false -Dscreenshots=$(CURDIR)/target/screenshots
	@mkdir -p docs/pictures && cp target/screenshots/readme/*.png docs/pictures/
	@echo "target/screenshots has all of them, docs/pictures those of the README"

##@ Long runs

.PHONY: soak
soak: ## Run at 50 times the default rate for ten minutes and check that the heap stays flat
	@scripts/soak

.PHONY: histories
histories: ## 10,000 histories of what is said twice on the durable store (make test runs 1,000 of them there)
	@$(MVN) -pl processor -am test -Dtest=DurableSaidTwiceIT -Dhistories=10000 -Dsurefire.failIfNoSpecifiedTests=false

.PHONY: verify-nvml
verify-nvml: ## Compare the nvml source with nvidia-smi on this machine's GPUs, idle and under load (docs/nvml.md)
	@scripts/verify-nvml $(ARGS)
