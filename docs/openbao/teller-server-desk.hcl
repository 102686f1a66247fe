# The desk: wraps and unwraps data keys. It can't read, export, change or delete the key.
path "transit/encrypt/teller-server" {
  capabilities = ["update"]
}
path "transit/decrypt/teller-server" {
  capabilities = ["update"]
}
path "transit/keys/teller-server" {
  capabilities = ["read"]
}
# How the audit device writes a context: the daily reconciliation compares it.
path "sys/audit-hash/desk" {
  capabilities = ["update"]
}
