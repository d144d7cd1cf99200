//! What the four layers have in common: a layer that holds the stack, and a service around another one.

/// Writes a layer, its service, and what they derive. Not `#[derive]`, which would ask for `R: Clone` and
/// `R: Debug`: the router is shared.
macro_rules! stack_layer {
    ($layer:ident, $service:ident) => {
        /// See the [module](self).
        pub struct $layer<R> {
            stack: $crate::stack::Stack<R>,
        }

        impl<R> $layer<R> {
            /// A layer with a stack of its own.
            pub fn new(router: R) -> Self {
                Self {
                    stack: $crate::stack::Stack::new(router),
                }
            }

            /// The layer of this stack.
            #[must_use]
            pub fn of(stack: &$crate::stack::Stack<R>) -> Self {
                Self {
                    stack: stack.clone(),
                }
            }
        }

        impl<S, R> tower_layer::Layer<S> for $layer<R> {
            type Service = $service<S, R>;

            fn layer(&self, inner: S) -> $service<S, R> {
                $service {
                    inner,
                    stack: self.stack.clone(),
                }
            }
        }

        impl<R> Clone for $layer<R> {
            fn clone(&self) -> Self {
                Self {
                    stack: self.stack.clone(),
                }
            }
        }

        impl<R> std::fmt::Debug for $layer<R> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($layer))
                    .field("stack", &self.stack)
                    .finish()
            }
        }

        /// See the [module](self).
        pub struct $service<S, R> {
            inner: S,
            stack: $crate::stack::Stack<R>,
        }

        impl<S: Clone, R> Clone for $service<S, R> {
            fn clone(&self) -> Self {
                Self {
                    inner: self.inner.clone(),
                    stack: self.stack.clone(),
                }
            }
        }

        impl<S: std::fmt::Debug, R> std::fmt::Debug for $service<S, R> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($service))
                    .field("inner", &self.inner)
                    .finish_non_exhaustive()
            }
        }
    };
}

pub(crate) use stack_layer;
