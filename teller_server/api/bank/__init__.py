"""The bank's own programs: invitations in, visits, results, papers and verdicts out."""
