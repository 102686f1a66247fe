"""What a court is given beside the evidence: two scripts that import nothing of ours, a README."""
