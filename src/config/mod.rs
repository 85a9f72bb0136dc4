//! Settings from flags, environment and files, validated before anything starts.
