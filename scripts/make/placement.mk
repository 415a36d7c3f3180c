
##@ Placement

.PHONY: placement
placement: ## Rehearse where GPU pods would go under other policies (ARGS='--help' lists the options; without files, an example)
	@scripts/placement $(ARGS)

.PHONY: placement-table
placement-table: ## Reproduce the published table of the FGD paper with ten seeds (docs/placement.md)
	@$(MVN) $(QUIET) -pl placement -am test -Dtest=PublishedTableTest -Dsurefire.failIfNoSpecifiedTests=false

.PHONY: placement-coverage
placement-coverage: ## How often intervals of predictions hold on held-out days of a real GPU trace (docs/placement.md)
	@$(MVN) $(QUIET) -pl placement -am test -Dtest=RealSeriesTest -Dsurefire.failIfNoSpecifiedTests=false
