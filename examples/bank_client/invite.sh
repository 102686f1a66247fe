#!/usr/bin/env bash
# The same with curl.
#   TELLER_SERVER=https://branch.example TELLER_KEY=tsk_… ./invite.sh 韩梅梅 310104198805120041
set -euo pipefail

base=${TELLER_SERVER%/}/api/bank/v1
ask=(curl --silent --show-error --fail-with-body --max-time 20 -H "Authorization: Bearer $TELLER_KEY")

"${ask[@]}" "$base/invitations" \
  -H 'Content-Type: application/json' -H "Idempotency-Key: $(cat /proc/sys/kernel/random/uuid)" \
  --data @- <<BODY
{"service": "loan_interview", "language": "zh-CN", "name": "$1", "document_number": "$2",
 "intake": {"purpose": "renovation", "amount": "150000.00"}}
BODY
echo
"${ask[@]}" "$base/visits?service=loan_interview"
echo
