//! The calls about accounts, which differ by who signs people in.

use serde_json::{Value, json};

use super::{
    SignsIn,
    call::Call,
    schema::{list, named, object, text, time, yes},
};

pub(super) fn calls(signs_in: SignsIn) -> Vec<Call> {
    let mut all = sessions();
    match signs_in {
        SignsIn::Pool => {
            all.extend(with_passwords());
            all.push(
                Call::post("/api/auth/signout", "signOut", "Ends the session of the cookie.")
                    .gives_nothing(204, "It is over."),
            );
        }
        SignsIn::Cognito => {
            all.extend(with_passwords());
            all.extend(with_codes());
        }
        SignsIn::Issuer => all.extend(with_codes()),
    }
    let leave = Call::delete("/api/me", "leave", "Deletes one's account for good.")
        .bearer()
        .gives_nothing(204, "It is gone.");
    all.push(match signs_in {
        SignsIn::Issuer => leave,
        SignsIn::Pool | SignsIn::Cognito => leave.takes(object(json!({ "password": text() }))),
    });
    all
}

fn sessions() -> Vec<Call> {
    let session = object(json!({
        "id": text(), "device?": text(), "place?": text(), "createdAt?": time(),
        "lastUsedAt": time(), "current": yes(),
    }));
    vec![
        Call::get("/api/me", "getMe", "Who one is.").bearer().gives(
            200,
            "The caller.",
            named("Person"),
        ),
        Call::get("/api/sessions", "listSessions", "One's sessions, the one used last first.")
            .bearer()
            .gives(200, "They.", object(json!({ "sessions": list(session) }))),
        Call::delete("/api/sessions", "endOtherSessions", "Ends all but the one that asks.")
            .bearer()
            .gives_nothing(204, "They are over."),
        Call::delete("/api/sessions/{id}", "endSession", "Ends a session.")
            .bearer()
            .gives_nothing(204, "It is over.")
            .fails(&[404]),
        Call::post("/api/auth/refresh", "refresh", "A new access token for the cookie.")
            .cookie()
            .gives(200, "The session.", named("Session")),
    ]
}

fn credentials() -> Value {
    object(json!({ "user": text(), "password": text() }))
}

/// Where people sign in here by a name and a password.
fn with_passwords() -> Vec<Call> {
    let tokens = || object(json!({ "token": text(), "refresh?": text(), "user": text() }));
    vec![
        Call::post("/api/auth/signup", "signUp", "A new account, signed in.")
            .takes(credentials())
            .gives(201, "The session.", named("Session"))
            .fails(&[409]),
        Call::post("/api/auth/signin", "signIn", "A session.")
            .takes(credentials())
            .gives(200, "The session.", named("Session"))
            .fails(&[401]),
        Call::post("/api/auth/password", "changePassword", "Another password.")
            .bearer()
            .takes(object(json!({ "current": text(), "next": text() })))
            .gives_nothing(204, "It is changed, and other sessions are over."),
        Call::post("/auth", "levelZeroSignIn", "Level 0: access and refresh token.")
            .takes(credentials())
            .gives(200, "The tokens.", tokens())
            .fails(&[401, 403, 429, 503]),
        Call::post("/auth/refresh", "levelZeroRefresh", "Level 0: fresh tokens.")
            .takes(object(json!({ "user": text(), "refresh": text() })))
            .gives(200, "The tokens.", tokens())
            .fails(&[401, 403, 429, 503]),
    ]
}

/// Where people come back from the pages of whoever signs them in.
fn with_codes() -> Vec<Call> {
    vec![
        Call::post("/api/auth/code", "exchangeCode", "A session for an authorization code.")
            .takes(object(json!({ "code": text(), "verifier": text(), "redirectUri": text() })))
            .gives(200, "The session.", named("Session"))
            .fails(&[401]),
        Call::post("/api/auth/signout", "signOut", "Ends the session of the cookie.").gives(
            200,
            "It is over; where the browser signs out of the issuer.",
            object(json!({ "endSession?": text() })),
        ),
    ]
}
