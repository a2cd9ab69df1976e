//! The hosted pages and OAuth 2, of the built-in pool.

use serde_json::{Value, json};

use super::{
    call::Call,
    schema::{named, number, object, text},
};

const FORM: &str = "application/x-www-form-urlencoded";

pub(super) fn calls() -> Vec<Call> {
    let mut all = pages();
    all.extend(oauth());
    all
}

fn page(call: Call) -> Call {
    call.gives_as(200, "A page.", "text/html", text()).gives_as(
        400,
        "What is wrong, on a page.",
        "text/html",
        text(),
    )
}

/// What a link to a page may say.
fn asked(call: Call) -> Call {
    ["client_id", "redirect_uri", "response_type", "state", "nonce", "code_challenge"]
        .into_iter()
        .chain(["code_challenge_method", "prompt"])
        .fold(call, |call, name| call.query(name, text()))
        .gives_nothing(303, "Back to the application.")
}

/// What the forms of the pages send.
fn answered(call: Call) -> Call {
    let filled = object(json!({ "token": text(), "user": text(), "password": text() }));
    ["401", "403", "409", "413", "429", "503"].into_iter().fold(
        asked(page(call)).takes_as(FORM, filled),
        |call, status| {
            let status = status.parse().unwrap_or_default();
            call.gives_as(status, "What is wrong, on a page.", "text/html", text())
        },
    )
}

fn pages() -> Vec<Call> {
    vec![
        asked(page(Call::get("/login", "showSignIn", "The sign-in page."))),
        answered(Call::post("/login", "sendSignIn", "What was filled in there.")),
        asked(page(Call::get("/signup", "showSignUp", "The sign-up page."))),
        answered(Call::post("/signup", "sendSignUp", "What was filled in there.")),
        asked(page(Call::get("/oauth2/authorize", "authorize", "The sign-in page."))),
        page(Call::get("/logout", "logOut", "Ends the sessions that these pages began here."))
            .query("client_id", text())
            .query("logout_uri", text())
            .query("post_logout_redirect_uri", text())
            .query("id_token_hint", text())
            .gives_nothing(303, "Back to the application."),
        Call::get("/login/style.css", "getStyle", "The pages' style.").gives_as(
            200,
            "It.",
            "text/css",
            text(),
        ),
    ]
}

fn refusing(call: Call, statuses: &[u16]) -> Call {
    statuses.iter().fold(call, |call, status| {
        call.gives(*status, "Refused, as RFC 6749 says.", named("OAuthError"))
    })
}

/// Who a token is.
fn user_info(call: Call) -> Call {
    let who = json!({ "sub": text(), "username": text(), "preferred_username": text() });
    call.bearer().gives(200, "The caller.", object(who))
}

fn oauth() -> Vec<Call> {
    let open = |required: Value| json!({ "type": "object", "required": required });
    let token = Call::post("/oauth2/token", "getTokens", "Tokens for a code or a refresh token.")
        .takes_as(FORM, open(json!(["grant_type", "client_id"])))
        .gives(
            200,
            "The tokens.",
            object(json!({
                "access_token": text(), "token_type": text(), "expires_in": number(),
                "refresh_token?": text(), "id_token": text(),
            })),
        );
    let revoke = Call::post("/oauth2/revoke", "revokeToken", "Ends a refresh token's session.")
        .takes_as(FORM, open(json!(["token"])))
        .gives_nothing(200, "It is over.");
    vec![
        refusing(token, &[400, 401, 413, 429, 503]),
        refusing(revoke, &[400, 413, 429, 503]),
        user_info(Call::get("/oauth2/userInfo", "getUserInfo", "Who a token is.")),
        user_info(Call::post("/oauth2/userInfo", "postUserInfo", "The same.")),
        Call::get("/.well-known/jwks.json", "getKeys", "The keys that tokens are signed with.")
            .gives(200, "They.", open(json!(["keys"])))
            .fails(&[403]),
        Call::get("/.well-known/openid-configuration", "getDiscovery", "What is offered.")
            .gives(200, "It.", open(json!(["issuer", "jwks_uri"])))
            .fails(&[403]),
    ]
}
