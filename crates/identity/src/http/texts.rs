//! What the hosted pages say, in English and in Japanese.

use http::{HeaderMap, header::ACCEPT_LANGUAGE};

use super::authorize::BadLink;
use crate::{password::InvalidPassword, pool::PoolError};

/// The texts of one language.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Texts {
    pub(crate) language: &'static str,
    pub(crate) sign_in: &'static str,
    pub(crate) sign_up: &'static str,
    pub(crate) continue_to: &'static str,
    pub(crate) name: &'static str,
    pub(crate) password: &'static str,
    pub(crate) name_rule: &'static str,
    pub(crate) password_rule: &'static str,
    pub(crate) create: &'static str,
    pub(crate) signed_out: &'static str,
    pub(crate) may_close: &'static str,
    pub(crate) cannot: &'static str,
    pub(crate) form_expired: &'static str,
    pub(crate) name_taken: &'static str,
    pub(crate) wrong: &'static str,
    pub(crate) disabled: &'static str,
    pub(crate) guessable: &'static str,
    pub(crate) too_often: &'static str,
    pub(crate) unavailable: &'static str,
    unregistered: &'static str,
    response_type: &'static str,
    pkce: &'static str,
    too_long: &'static str,
}

const ENGLISH: Texts = Texts {
    language: "en",
    sign_in: "Sign in",
    sign_up: "Sign up",
    continue_to: "to continue to",
    name: "Name",
    password: "Password",
    name_rule: "1 to 64 letters, digits, “.”, “_” or “-”",
    password_rule: "At least 8 characters",
    create: "Create account",
    signed_out: "You are signed out",
    may_close: "You can close this page.",
    cannot: "This link does not work",
    form_expired: "This page had been open for too long. Please try again.",
    name_taken: "This name is taken. Choose another one.",
    wrong: "The name or the password is wrong.",
    disabled: "This account is disabled.",
    guessable: "This password is too easy to guess. Choose another one.",
    too_often: "Too many tries. Wait a little and try again.",
    unavailable: "This is not possible at the moment. Try again shortly.",
    unregistered: "The application that sent you here is not registered, or not with the address it asked to return to. Its operator can mend this.",
    response_type: "The application that sent you here asked in a way that is not allowed for it. Its operator can mend this.",
    pkce: "The application that sent you here must use PKCE with S256. Its operator can mend this.",
    too_long: "The application that sent you here asked for too much to be remembered. Its operator can mend this.",
};

const JAPANESE: Texts = Texts {
    language: "ja",
    sign_in: "サインイン",
    sign_up: "新規登録",
    continue_to: "続ける先：",
    name: "名前",
    password: "パスワード",
    name_rule: "文字、数字、「.」「_」「-」で 1〜64 文字",
    password_rule: "8 文字以上",
    create: "アカウントを作成",
    signed_out: "サインアウトしました",
    may_close: "このページは閉じてかまいません。",
    cannot: "このリンクは使えません",
    form_expired: "ページを開いてから時間が経ちすぎました。もう一度お試しください。",
    name_taken: "この名前はすでに使われています。別の名前を選んでください。",
    wrong: "名前またはパスワードが違います。",
    disabled: "このアカウントは無効になっています。",
    guessable: "このパスワードは推測されやすいものです。別のものを選んでください。",
    too_often: "試行回数が多すぎます。しばらく待ってからお試しください。",
    unavailable: "現在ご利用いただけません。しばらくしてからお試しください。",
    unregistered: "移動元のアプリケーション、またはその戻り先が登録されていません。アプリケーションの運営者にお知らせください。",
    response_type: "移動元のアプリケーションの要求は許可されていません。アプリケーションの運営者にお知らせください。",
    pkce: "移動元のアプリケーションは PKCE（S256）を使う必要があります。アプリケーションの運営者にお知らせください。",
    too_long: "移動元のアプリケーションの要求が長すぎます。アプリケーションの運営者にお知らせください。",
};

impl Texts {
    /// The language that the browser asks for; English where it asks for neither.
    pub(crate) fn of(headers: &HeaderMap) -> &'static Self {
        let asked = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let mut best = (0.0, &ENGLISH);
        for range in asked.unwrap_or_default().split(',') {
            let (tag, weight) = range.split_once(';').unwrap_or((range, ""));
            let weight = weight.trim().strip_prefix("q=").unwrap_or("1").parse().unwrap_or(0.0);
            let language = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
            let texts = match language.as_str() {
                "en" => &ENGLISH,
                "ja" => &JAPANESE,
                _ => continue,
            };
            // Of equals the first asked for.
            if weight > best.0 {
                best = (weight, texts);
            }
        }
        best.1
    }

    /// What a person is told of a link that does not work.
    pub(crate) fn bad_link(&self, problem: BadLink) -> &'static str {
        match problem {
            BadLink::Unregistered => self.unregistered,
            BadLink::ResponseType => self.response_type,
            BadLink::Pkce => self.pkce,
            BadLink::TooLong => self.too_long,
        }
    }

    /// What a person is told when the pool says no.
    pub(crate) fn problem(&self, error: &PoolError) -> &'static str {
        match error {
            PoolError::Username(_) => self.name_rule,
            PoolError::Password(InvalidPassword::Length) => self.password_rule,
            PoolError::Password(InvalidPassword::Guessable) => self.guessable,
            PoolError::NameTaken => self.name_taken,
            PoolError::WrongCredentials => self.wrong,
            PoolError::Disabled => self.disabled,
            PoolError::Busy { .. } | PoolError::TooOften { .. } => self.too_often,
            PoolError::NobodyNamed
            | PoolError::SessionOver
            | PoolError::CodeRefused
            | PoolError::Store(_)
            | PoolError::Signing(_) => self.unavailable,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_browser_chooses_the_language() {
        for (asked, language) in [
            ("ja", "ja"),
            ("ja-JP,ja;q=0.9,en;q=0.8", "ja"),
            ("en-GB,ja;q=0.9", "en"),
            ("en;q=0.4, ja;q=0.5", "ja"),
            ("fr,de", "en"),
            ("fr, ja;q=0.1", "ja"),
            ("JA", "ja"),
            ("ja;q=0", "en"),
            ("ja;q=x", "en"),
            ("", "en"),
        ] {
            let headers =
                HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static(asked))]);
            assert_eq!(Texts::of(&headers).language, language, "{asked}");
        }
    }
}
