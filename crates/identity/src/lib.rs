//! Who somebody is: token verification and the built-in user pool with its hosted pages.
