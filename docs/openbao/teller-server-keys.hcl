# Whoever runs `teller-server keys init | rotate | rewrap`. It can't unwrap.
path "transit/keys/teller-server" {
  capabilities = ["create", "update", "read"]
}
path "transit/keys/teller-server/rotate" {
  capabilities = ["update"]
}
path "transit/encrypt/teller-server" {
  capabilities = ["update"]
}
path "transit/rewrap/teller-server" {
  capabilities = ["update"]
}
