"""Whole states for pages: each view is drawn afresh from the visit, and a page renders from it."""
