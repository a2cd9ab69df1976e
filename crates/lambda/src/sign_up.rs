//! The sign-up trigger: whoever signs up may sign in at once.

use serde_json::Value;

/// Confirms a sign-up of a person's own. All else that Cognito tells, and what
/// it asks of other triggers, is given back as it came.
pub fn confirm(mut event: Value) -> Value {
    let own = event["triggerSource"] == "PreSignUp_SignUp";
    if own && let Some(response) = event.get_mut("response").and_then(Value::as_object_mut) {
        response.insert("autoConfirmUser".into(), true.into());
    }
    event
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
        assert_eq!(confirm(event("PreSignUp_SignUp")), confirmed);
    }

    #[test]
    fn what_is_no_sign_up_of_ones_own_stays_as_it_is() {
        for other in [event("PreSignUp_AdminCreateUser"), json!({}), json!("PreSignUp_SignUp")] {
            assert_eq!(confirm(other.clone()), other);
        }
    }
}
