
##@ Speed

.PHONY: bench
bench: ## Race the processor against the MongoDB sink connector, all workloads, and write docs/performance.md; with ARGS ('--help' lists them) only print
	@scripts/bench $(if $(ARGS),$(ARGS),--beside --results bench/results/race.json --page docs/performance.md)

.PHONY: bench-short
bench-short: ## The same in three minutes: one workload, the ratio only
	@scripts/bench --short $(ARGS)

.PHONY: bench-jmh
bench-jmh: ## Decode, fold, update building and the growth of a forest in JMH; writes bench/results/jmh.json
	@mkdir -p bench/results
	@scripts/bench-jmh $(ARGS)

.PHONY: bench-ledger
bench-ledger: ## How fast the ledger closes an hour of 1,000 GPUs and answers a month (ARGS='--help')
	@scripts/bench-ledger $(ARGS)

.PHONY: bench-questions
bench-questions: ## How long questions about tokens and GPUs take through HTTP, by how much is stored (ARGS='--help')
	@scripts/bench-questions $(ARGS)

.PHONY: bench-placement
bench-placement: ## How long the extender takes to decide over openb's 1,213 nodes, inside and through HTTP (ARGS='--help')
	@scripts/bench-placement $(ARGS)

.PHONY: load
load: ## Send calls to the doors at their times and compare what was acknowledged with the API (ARGS='--help' lists the options)
	@scripts/load $(ARGS)
