//! Enums that are words in the protocol. TypeScript has no place for the docs of a union's members,
//! so they are kept for the docs of the union.

/// Declares the enum as it is written, and its words with their docs.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$($attribute:tt)+])+ $variant:ident,)+
    }) => {
        $(#[$meta])*
        pub enum $name { $($(#[$($attribute)+])+ $variant,)+ }

        #[cfg(feature = "typescript")]
        impl $crate::typescript::Words for $name {
            fn words() -> Vec<(Self, &'static str)> {
                vec![$(($name::$variant, concat!($($crate::words::text_of!($($attribute)+)),+).trim_start()),)+]
            }
        }
    };
}

/// The text of a doc comment's line; nothing of another attribute.
#[cfg(feature = "typescript")]
macro_rules! text_of {
    (doc = $text:literal) => {
        $text
    };
    ($($other:tt)+) => {
        ""
    };
}

#[cfg(feature = "typescript")]
pub(crate) use text_of;
pub(crate) use words;
