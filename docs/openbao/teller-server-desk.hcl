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
