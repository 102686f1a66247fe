"""Evidence: what was recorded, encrypted before it reaches disk, chained and sealed.

The room has three kinds of inhabitants. Writers (`recorder`, `events`, `objects`, `evidence`) put
bytes on disk and never change them. The witness (`verify`) holds no key and judges. Readers
(`inspect`, `playback`) hold the data key and look inside. docs/evidence-format.md says every byte.
"""
