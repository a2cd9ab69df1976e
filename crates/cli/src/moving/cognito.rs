//! Accounts in a user pool of Cognito's.
//!
//! Cognito gives no password away and takes none but in clear, and makes the
//! `sub` of a user itself. So a person who moves into it keeps his id as the
//! attribute `custom:aizuchi_id`, which the template's token function puts into
//! his tokens, and gets a new password.

mod call;
mod passwords;

use aizuchi_core::accounts::fold;
use serde::Deserialize;
use serde_json::{Value, json};

use self::call::Call;
pub(super) use self::{call::CognitoError, passwords::Passwords};
use super::{file::AccountLine, place::UserPool};

/// The attribute that a person's id is kept in.
const ID: &str = "custom:aizuchi_id";
/// Users of one page: the most there are.
const PAGE: usize = 60;
/// What a user is who never chose a password.
const NO_PASSWORD_YET: &str = "FORCE_CHANGE_PASSWORD";

/// A user pool.
pub(super) struct Cognito {
    call: Call,
    pool: String,
    passwords: Option<Passwords>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct User {
    username: String,
    /// In a list, and where one is asked for, under another name.
    #[serde(alias = "UserAttributes", default)]
    attributes: Vec<Attribute>,
    user_create_date: f64,
    user_last_modified_date: f64,
    enabled: bool,
    #[serde(default)]
    user_status: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attribute {
    name: String,
    #[serde(default)]
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Page {
    users: Vec<User>,
    pagination_token: Option<String>,
}

impl User {
    /// The id that he has here, or that he brought with him.
    fn id(&self) -> &str {
        let of = |name: &str| self.attributes.iter().find(|one| one.name == name);
        of(ID).or_else(|| of("sub")).map_or("", |attribute| &attribute.value)
    }

    fn account(self) -> AccountLine {
        // Seconds, with a fraction.
        let ms = |seconds: f64| (seconds * 1_000.0) as u64;
        AccountLine {
            id: self.id().to_owned(),
            password_hash: None,
            created_at: ms(self.user_create_date),
            disabled_at: (!self.enabled).then(|| ms(self.user_last_modified_date)),
            name: self.username,
        }
    }
}

impl Cognito {
    /// The pool, which is asked nothing yet. New passwords are written down where
    /// that is wanted.
    pub(super) fn open(
        pool: &UserPool,
        passwords: Option<Passwords>,
    ) -> Result<Self, CognitoError> {
        Ok(Self { call: Call::new(pool.region())?, pool: pool.0.clone(), passwords })
    }

    /// All accounts, by name.
    pub(super) async fn accounts(&self) -> Result<Vec<AccountLine>, CognitoError> {
        let (mut accounts, mut from) = (Vec::new(), None::<String>);
        loop {
            let mut ask = json!({ "UserPoolId": self.pool, "Limit": PAGE });
            if let Some(from) = from {
                ask["PaginationToken"] = from.into();
            }
            let page: Page = self.call.ask("ListUsers", &ask).await?;
            accounts.extend(page.users.into_iter().map(User::account));
            from = page.pagination_token;
            if from.is_none() {
                accounts.sort_by_cached_key(|account| fold(&account.name));
                return Ok(accounts);
            }
        }
    }

    /// Makes an account; false where it is there, complete.
    pub(super) async fn restore(&self, account: &AccountLine) -> Result<bool, CognitoError> {
        let mut ask = self.user(&account.name);
        ask["TemporaryPassword"] = passwords::random()?.into();
        ask["MessageAction"] = "SUPPRESS".into();
        ask["UserAttributes"] = json!([{ "Name": ID, "Value": account.id }]);
        let made = self.call.ask::<Value>("AdminCreateUser", &ask).await;
        let (is_new, status) = match made {
            Ok(_) => (true, NO_PASSWORD_YET.to_owned()),
            Err(error) if error.is("UsernameExistsException") => {
                let there: User = self.call.ask("AdminGetUser", &self.user(&account.name)).await?;
                if there.id() != account.id {
                    return Err(CognitoError::Another { name: account.name.clone() });
                }
                (false, there.user_status)
            }
            Err(error) => return Err(error),
        };
        if is_new && account.disabled_at.is_some() {
            self.call.ask::<Value>("AdminDisableUser", &self.user(&account.name)).await?;
        }
        // An import that ended between the two goes on here.
        let has_none = status == NO_PASSWORD_YET;
        let Some(passwords) = self.passwords.as_ref().filter(|_| has_none) else {
            return Ok(is_new);
        };
        let password = passwords::random()?;
        // Written down first: nobody else will know it.
        passwords.write(&account.name, &password)?;
        let mut ask = self.user(&account.name);
        ask["Password"] = password.into();
        ask["Permanent"] = true.into();
        self.call.ask::<Value>("AdminSetUserPassword", &ask).await?;
        Ok(true)
    }

    fn user(&self, name: &str) -> Value {
        json!({ "UserPoolId": self.pool, "Username": name })
    }
}
