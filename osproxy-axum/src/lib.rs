//! Mounts `osproxy-layer` in axum.
