//! The token trigger: whoever moved here from elsewhere keeps his id.
//!
//! Cognito makes the `sub` of a user itself. Somebody whose conversations were
//! moved here has the id that they know him by as an attribute, which only an
//! operator sets; this puts it into his tokens, where it goes before the `sub`.

use serde_json::{Value, json};

/// The attribute, as Cognito names those that a pool defines.
pub const ID_ATTRIBUTE: &str = "custom:aizuchi_id";

/// Puts the id into the access token and the id token of somebody who has one.
/// All else, and other versions of the trigger than 2 and 3, which know no
/// access token, are given back as they came.
pub fn claim(mut event: Value) -> Value {
    let knows_access = matches!(event["version"].as_str(), Some("2" | "3"));
    let id = event["request"]["userAttributes"][ID_ATTRIBUTE].as_str().filter(|id| !id.is_empty());
    let Some(id) = id.filter(|_| knows_access).map(str::to_owned) else { return event };
    if let Some(response) = event.get_mut("response").and_then(Value::as_object_mut) {
        let claims = json!({ "claimsToAddOrOverride": { "aizuchi_id": id } });
        let both = json!({ "accessTokenGeneration": claims, "idTokenGeneration": claims });
        response.insert("claimsAndScopeOverrideDetails".into(), both);
    }
    event
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Cognito sends it.
    fn event(version: &str, attributes: Value) -> Value {
        json!({
            "version": version,
            "triggerSource": "TokenGeneration_Authentication",
            "region": "eu-west-1",
            "userPoolId": "eu-west-1_Ab3dEf",
            "userName": "ada",
            "callerContext": { "awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": "web" },
            "request": {
                "userAttributes": attributes,
                "groupConfiguration": { "groupsToOverride": [], "iamRolesToOverride": [], "preferredRole": null },
                "scopes": ["aws.cognito.signin.user.admin"],
            },
            "response": { "claimsAndScopeOverrideDetails": null },
        })
    }

    #[test]
    fn whoever_moved_here_keeps_his_id() {
        for version in ["2", "3"] {
            let moved = event(version, json!({ "sub": "s1", ID_ATTRIBUTE: "u-ada" }));
            let mut claimed = moved.clone();
            claimed["response"] = json!({
                "claimsAndScopeOverrideDetails": {
                    "accessTokenGeneration": { "claimsToAddOrOverride": { "aizuchi_id": "u-ada" } },
                    "idTokenGeneration": { "claimsToAddOrOverride": { "aizuchi_id": "u-ada" } },
                },
            });
            assert_eq!(claim(moved), claimed);
        }
    }

    #[test]
    fn all_others_tokens_stay_as_they_are() {
        let others = [
            event("2", json!({ "sub": "s1" })),
            event("2", json!({ "sub": "s1", ID_ATTRIBUTE: "" })),
            event("2", json!({ "sub": "s1", ID_ATTRIBUTE: 7 })),
            event("1", json!({ "sub": "s1", ID_ATTRIBUTE: "u-ada" })),
            json!({ "version": "2", "request": { "userAttributes": { ID_ATTRIBUTE: "u-ada" } } }),
            json!({}),
            json!("event"),
        ];
        for other in others {
            assert_eq!(claim(other.clone()), other);
        }
    }
}
