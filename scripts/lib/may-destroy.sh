# shellcheck shell=bash
# lifecycle.prevent_destroy takes no variable. Terraform by hand takes no machine away; whoever looks at what the plan takes
# (scripts/infra/tf) lets go of that for its own run, by files that terraform merges over the configuration. Sourced.

let_go() { # DIR of the configuration
  printf 'resource "aws_instance" "control_plane" {\n  lifecycle {\n    prevent_destroy = false\n  }\n}\n' > "$1/make_override.tf"
  printf 'resource "aws_instance" "this" {\n  lifecycle {\n    prevent_destroy = false\n  }\n}\n' > "$1/modules/workers/make_override.tf"
}
hold_again() { rm -f "$1/make_override.tf" "$1/modules/workers/make_override.tf"; }
