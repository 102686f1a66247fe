"""Is the person in the live video the person on the document?

The desk uses `kyc.pool.ModelPool` and the plain results of `kyc.result`; everything that decodes a
stranger's bytes or loads a model runs in the pool's processes. `kyc.policy` decides and is pure.
"""
