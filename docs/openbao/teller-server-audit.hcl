# Whoever reconciles the audit log: how the device writes a context, so that it can be compared.
path "sys/audit-hash/desk" {
  capabilities = ["update"]
}
