//! The hosted pages as HTML. They run no script and load one style sheet.

use maud::{DOCTYPE, Markup, html};

use super::{authorize::AuthorizeRequest, texts::Texts};

/// The style sheet.
pub(crate) const STYLE: &str = include_str!("style.css");

/// Which of the two forms is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FormKind {
    SignIn,
    SignUp,
}

/// A form as it is shown.
pub(crate) struct FormView<'a> {
    pub(crate) kind: FormKind,
    pub(crate) request: &'a AuthorizeRequest<'a>,
    /// Repeats the cookie; see [`super::pages`].
    pub(crate) token: &'a str,
    /// The name as it was typed before.
    pub(crate) name: &'a str,
    /// What went wrong before.
    pub(crate) problem: Option<&'a str>,
}

pub(crate) fn form(texts: &Texts, view: &FormView<'_>) -> Markup {
    let query = view.request.query();
    let (path, title, action, passwords) = match view.kind {
        FormKind::SignIn => ("/login", texts.sign_in, texts.sign_in, "current-password"),
        FormKind::SignUp => ("/signup", texts.sign_up, texts.create, "new-password"),
    };
    let sign_up = view.kind == FormKind::SignUp;
    let tab = |kind: FormKind, path: &str, text: &str| {
        let current = (kind == view.kind).then_some("page");
        html! { a href={ (path) "?" (query) } aria-current=[current] { (text) } }
    };
    let content = html! {
        h1 { (title) }
        p .lead { (texts.continue_to) " " strong { (view.request.client.id()) } }
        nav .tabs aria-label={ (texts.sign_in) " / " (texts.sign_up) } {
            (tab(FormKind::SignIn, "/login", texts.sign_in))
            (tab(FormKind::SignUp, "/signup", texts.sign_up))
        }
        @if let Some(problem) = view.problem {
            p .problem role="alert" { (problem) }
        }
        form method="post" action={ (path) "?" (query) } {
            input type="hidden" name="token" value=(view.token);
            label for="user" { (texts.name) }
            input #user name="user" type="text" value=(view.name) required maxlength="64"
                autocomplete="username" autocapitalize="none" spellcheck="false"
                autofocus[view.name.is_empty()]
                aria-describedby=[sign_up.then_some("name-rule")];
            @if sign_up { p #name-rule .rule { (texts.name_rule) } }
            label for="password" { (texts.password) }
            input #password name="password" type="password" required maxlength="256"
                minlength=[sign_up.then_some("8")] autocomplete=(passwords)
                autofocus[!view.name.is_empty()]
                aria-describedby=[sign_up.then_some("password-rule")];
            @if sign_up { p #password-rule .rule { (texts.password_rule) } }
            button type="submit" { (action) }
        }
    };
    page(texts, title, content)
}

/// A page with nothing to do on it.
pub(crate) fn notice(texts: &Texts, title: &str, text: &str) -> Markup {
    let content = html! {
        h1 { (title) }
        p .lead { (text) }
    };
    page(texts, title, content)
}

fn page(texts: &Texts, title: &str, content: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(texts.language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) " · Aizuchi" }
                link rel="stylesheet" href="/login/style.css";
            }
            body {
                main {
                    p .brand { (logo()) "Aizuchi" }
                    (content)
                }
            }
        }
    }
}

fn logo() -> Markup {
    html! {
        svg .logo viewBox="0 0 32 32" aria-hidden="true" {
            path d="M14 3a11 11 0 0 1 10.9 12.5 7.2 7.2 0 0 0-6.6 9.6A11.2 11.2 0 0 1 9.4 24.1L4.3 25.6a1 1 0 0 1-1.2-1.3l1.7-4.6A11 11 0 0 1 14 3z" {}
            circle cx="25" cy="22.7" r="4.7" {}
        }
    }
}
