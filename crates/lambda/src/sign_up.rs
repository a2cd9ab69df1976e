//! The sign-up trigger: whoever signs up by a name of ours may sign in at once.

use aizuchi_core::accounts::Username;
use serde_json::Value;

use crate::token::ID_ATTRIBUTE;

/// Why somebody may not sign up. The hosted pages show these sentences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The name cannot be one, or is not folded, and so might be another person's.
    #[error("A name is 1 to 64 letters, digits, dots, hyphens or underscores, in small letters.")]
    Name,
    /// An id that only an operator gives: it could be another person's.
    #[error("An id cannot be chosen.")]
    Id,
}

/// Confirms a sign-up of a person's own. All else that Cognito tells, and what
/// it asks of other triggers, is given back as it came.
///
/// # Errors
/// Where it would be in another person's place. The pool lets nobody write the
/// id either; this holds where that was changed.
pub fn confirm(mut event: Value) -> Result<Value, Refused> {
    if event["triggerSource"] != "PreSignUp_SignUp" {
        return Ok(event);
    }
    let name = event["userName"].as_str().unwrap_or_default();
    if !Username::parse(name).is_ok_and(|parsed| parsed.folded() == name) {
        return Err(Refused::Name);
    }
    if event["request"]["userAttributes"].get(ID_ATTRIBUTE).is_some() {
        return Err(Refused::Id);
    }
    if let Some(response) = event.get_mut("response").and_then(Value::as_object_mut) {
        response.insert("autoConfirmUser".into(), true.into());
    }
    Ok(event)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(source: &str) -> Value {
        json!({
            "version": "1",
            "triggerSource": source,
            "userName": "ada",
            "request": { "userAttributes": {}, "validationData": null },
            "response": { "autoConfirmUser": false, "autoVerifyEmail": false },
        })
    }

    #[test]
    fn a_sign_up_is_confirmed_and_nothing_else_touched() {
        let mut confirmed = event("PreSignUp_SignUp");
        confirmed["response"]["autoConfirmUser"] = true.into();
        assert_eq!(confirm(event("PreSignUp_SignUp")), Ok(confirmed));
    }

    #[test]
    fn what_is_no_sign_up_of_ones_own_stays_as_it_is() {
        for other in [event("PreSignUp_AdminCreateUser"), json!({}), json!("PreSignUp_SignUp")] {
            assert_eq!(confirm(other.clone()), Ok(other));
        }
    }

    #[test]
    fn a_name_that_might_be_anothers_is_refused() {
        for name in ["Ada", "ａｄａ", "a b", "", "a\u{0}"] {
            let mut event = event("PreSignUp_SignUp");
            event["userName"] = name.into();
            assert_eq!(confirm(event), Err(Refused::Name), "{name:?}");
        }
    }

    #[test]
    fn nobody_chooses_his_id() {
        let mut event = event("PreSignUp_SignUp");
        event["request"]["userAttributes"][ID_ATTRIBUTE] = "u-somebody-else".into();
        assert_eq!(confirm(event), Err(Refused::Id));
    }
}
