output "instances" {
  description = "The machines, in the order of their numbers."
  value       = aws_instance.this
}
