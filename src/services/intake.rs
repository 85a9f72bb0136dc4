//! Mail in: decide, then accept, refuse, hold or keep silent; each message once.
