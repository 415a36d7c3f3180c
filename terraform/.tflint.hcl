plugin "terraform" {
  enabled = true
  preset  = "all"
}

# The root module is split by meaning (network.tf, security.tf, iam.tf, ...), not gathered in a main.tf.
rule "terraform_standard_module_structure" {
  enabled = false
}
